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
 * A Worker that hands one message to an example which only consumes a queue, so that a request runs it.
 * @param module where the example stands
 * @returns undefined for an example that answers requests itself
 */
export function senderTo(example: string, module: string): string | undefined {
  if (
    !isWorker(example) ||
    !/^ {2}queue\b/m.test(example) ||
    /\bfetch[:(]/.test(example.slice(example.indexOf("export default")))
  )
    return undefined;
  return `import worker from "${module}";

const settled: string[] = [];
const message = {
  id: "m1",
  timestamp: new Date(),
  attempts: 1,
  body: {},
  ack: () => void settled.push("ack"),
  retry: () => void settled.push("retry"),
};

export default {
  async fetch(_request: Request, env: object, ctx: ExecutionContext): Promise<Response> {
    const batch = { queue: "jobs", messages: [message], ackAll: message.ack, retryAll: message.retry };
    await Reflect.apply(worker.queue, worker, [batch, env, ctx]);
    return new Response(settled[0] ?? "not settled", { status: settled.length > 0 ? 200 : 500 });
  },
};
`;
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
