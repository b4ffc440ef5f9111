import { describe, expect, it } from "vitest";
import { asWorker, exampleOf, senderTo } from "./example.ts";

const README = `# x

\`\`\`ts
const before = 1;
\`\`\`

## Use

\`\`\`ts
import { a } from "@monotask/x";

await a(env, request);
\`\`\`
`;

describe("the example of a README", () => {
  it("is the first TypeScript block below the heading Use", () => {
    expect(exampleOf(README)).toBe('import { a } from "@monotask/x";\n\nawait a(env, request);\n');
  });

  it("is absent where the heading is", () => {
    expect(exampleOf("# x\n\n```ts\nconst a = 1;\n```\n")).toBeUndefined();
  });

  it("becomes a Worker that runs it for each request", () => {
    const worker = asWorker(exampleOf(README) ?? "", 'const requestId = "r";');
    expect(worker.startsWith('import { a } from "@monotask/x";\n')).toBe(true);
    expect(worker).toMatch(/fetch\(request[^]*const requestId = "r";\n {4}await a\(env, request\);\n {4}return new Response/);
  });

  it("stays as it is where it is a Worker already", () => {
    expect(asWorker("export default handler;\n", "")).toBe("export default handler;\n");
  });

  it("gets a sender where it only consumes a queue", () => {
    expect(senderTo("export default {\n  queue: handle,\n};\n", "./example.ts")).toContain('import worker from "./example.ts"');
    expect(senderTo("export default {\n  queue: handle,\n  fetch: answer,\n};\n", "./example.ts")).toBeUndefined();
    expect(senderTo("await a(env, request);\n", "./example.ts")).toBeUndefined();
  });
});
