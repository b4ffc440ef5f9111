/** One thing that was looked at. Everything that is not fine says how to mend it. */
export interface Finding {
  readonly level: "ok" | "warning" | "problem";
  /** `bindings`, `secrets`, … */
  readonly area: string;
  readonly what: string;
  readonly fix?: string;
}
