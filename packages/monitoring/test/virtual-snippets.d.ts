/** The README's snippets as functions; made by vitest.worker.config.ts. */
declare module "virtual:snippets" {
  type Snippet = (given: object) => Promise<unknown>;
  export const snippet1: Snippet;
  export const snippet2: Snippet;
  export const snippet3: Snippet;
  export const snippet4: Snippet;
  export const snippet5: Snippet;
  export const snippet6: Snippet;
  export const snippet7: Snippet;
  export const snippet8: Snippet;
}
