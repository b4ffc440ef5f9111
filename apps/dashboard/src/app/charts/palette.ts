/** Number of categorical colours in theme.css (`--series-0` …). Okabe–Ito, so that they differ for all eyes. */
const COLOURS = 8;

/** A name keeps its colour on every page; neighbours on one chart that would share it get the next free one. */
export function coloursOf(names: readonly string[]): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  const colours = new Map<string, number>();
  for (const name of names) {
    if (colours.has(name)) continue;
    let colour = hash(name) % COLOURS;
    for (let tries = 0; tries < COLOURS && taken.has(colour); tries += 1) colour = (colour + 1) % COLOURS;
    taken.add(colour);
    colours.set(name, colour);
  }
  return colours;
}

/** The value of a token of the theme, for canvas. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return value;
}
