import { colour, type Tone } from "../../colour.ts";
import { type Io, UsageError } from "../../io.ts";
import { textOf, type JsonRecord } from "../../records.ts";

/** Who does something: said, or the one at the keyboard. */
export function whoDoes(io: Io, by: string | undefined): string {
  const name = (by ?? io.env["USER"] ?? "").trim();
  if (name === "") throw new UsageError("say who you are: --by <name>");
  return name;
}

/** `03:12 UTC`, with the date where it is another day. */
export function clockText(atMs: unknown, nowMs: number): string {
  if (typeof atMs !== "number" || !Number.isFinite(atMs)) return "unknown";
  const iso = new Date(atMs).toISOString();
  const time = `${iso.slice(11, 16)} UTC`;
  return iso.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10) ? time : `${iso.slice(0, 10)} ${time}`;
}

/** A severity or status in its colour. */
export function stateText(io: Io, state: string): string {
  return colour(io, TONES[state] ?? "muted", state);
}

/** Labels of an alert. */
export function labelOf(alert: JsonRecord, label: string): string {
  const labels = alert["labels"];
  return typeof labels === "object" && labels !== null ? textOf({ ...labels }, label) : "";
}

const TONES: Readonly<Record<string, Tone>> = {
  critical: "critical",
  firing: "critical",
  warning: "warning",
  pending: "warning",
  resolved: "ok",
};
