interface Looked {
  /** `bindings`, `secrets`, … */
  readonly area: string;
  readonly what: string;
}

/** One thing that was looked at. Whatever is not fine says how to mend it. */
export type Finding =
  | (Looked & { readonly level: "ok"; readonly fix?: undefined })
  | (Looked & { readonly level: "warning" | "problem"; readonly fix: string });
