/** `45 s`, `14 min`, `3 h 5 min`, `2 d 4 h`. */
export function durationText(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const [whole, rest] = hours < 24 ? [`${hours} h`, `${minutes % 60} min`] : [`${Math.floor(hours / 24)} d`, `${hours % 24} h`];
  return rest.startsWith("0 ") ? whole : `${whole} ${rest}`;
}

/** `03:12 UTC`, with the date where it is another day than `nowMs`. */
export function clockText(atMs: number, nowMs: number): string {
  const iso = new Date(atMs).toISOString();
  const time = `${iso.slice(11, 16)} UTC`;
  return iso.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10) ? time : `${iso.slice(0, 10)} ${time}`;
}

/** `12,340`. */
export function numberText(value: number): string {
  return value.toLocaleString("en-US");
}

/** `87 %`, from a share of 1; never 100 % for less than all, nor 0 % for more than none. */
export function percentText(share: number): string {
  if (share > 0 && share < 0.005) return "<1 %";
  return share < 1 && share > 0.995 ? ">99 %" : `${Math.round(share * 100)} %`;
}

/** Without line breaks, which would end a header or start a new one. */
export function oneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, " ");
}
