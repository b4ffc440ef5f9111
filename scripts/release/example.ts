/**
 * The example of a package's README: its first TypeScript block below the heading `## Use`.
 * @returns undefined where there is none
 */
export function exampleOf(readme: string): string | undefined {
  const use = /^## Use$/m.exec(readme);
  if (use === null) return undefined;
  return /^```ts\n([^]*?)^```$/m.exec(readme.slice(use.index))?.[1];
}

/** Whether an example is a Worker by itself. Anything else is statements, for inside one. */
export function isWorker(example: string): boolean {
  return /^export default /m.test(example);
}

/**
 * A Worker that runs the example once for each request: imports stay on top, the statements go into its fetch handler. `env`, `ctx` and
 * `request` are the handler's own; what else a reader is expected to have comes from `given`.
 * @param given statements that define further names, such as `const requestId = "r1";`
 */
export function asWorker(example: string, given: string): string {
  if (isWorker(example)) return example;
  const isImport = /^(?:import|export) [^;]*? from "[^"]+";$/gm;
  const imports = example.match(isImport) ?? [];
  const statements = example.replace(isImport, "").trim();
  return `${imports.join("\n")}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    void [request, env, ctx];
    ${given}
    ${statements.replaceAll("\n", "\n    ")}
    return new Response("the example ran");
  },
};
`;
}
