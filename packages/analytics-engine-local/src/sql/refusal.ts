/** A statement Analytics Engine would not take: what stands in the way, and what to write instead. */
export interface Refusal {
  /** The construct, as the writer of the statement knows it: `JOIN`, `toString()`. */
  readonly construct: string;
  readonly instead: string;
}

/** The answer's text, one line. */
export function textOfRefusal({ construct, instead }: Refusal): string {
  return `${construct} is not supported by the Analytics Engine SQL API; ${instead}`;
}
