import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

interface Bundler {
  build(options: object): Promise<{ outputFiles: { text: string; contents: Uint8Array }[] }>;
}

const resolver = createRequire(createRequire(import.meta.url).resolve("wrangler"));
const esbuild = resolver("esbuild") as Bundler;

export interface Bundle {
  readonly code: string;
  readonly minifiedBytes: number;
  readonly gzipBytes: number;
}

/** How a variant's handler is called within one request. */
export interface Calls {
  /** How often: the server's own cost is shared. */
  readonly count: number;
  /** Whether KV, D1 and `fetch` answer at once, so that nothing but the handler and what is around it is left. */
  readonly isWithoutServices: boolean;
}

const FOLDER = join(import.meta.dirname, "..");

/** A variant as wrangler would bundle it. */
export function bundle(variant: string, calls?: Calls): Promise<Bundle> {
  const entry = join(FOLDER, "variants", `${variant}.js`);
  return bundleOf(calls ? { stdin: { contents: repeated(entry, calls), resolveDir: FOLDER } } : { entryPoints: [entry] });
}

/**
 * A worker as wrangler would bundle it: one file, minified, conditions workerd, worker, browser.
 * @param input esbuild's `entryPoints` or `stdin`
 */
export async function bundleOf(input: object): Promise<Bundle> {
  const { outputFiles } = await esbuild.build({
    ...input,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*", "cloudflare:*"],
    alias: { "@monotask/monitoring": join(FOLDER, "../../packages/monitoring/dist/index.js") },
    define: { "process.env.NODE_ENV": '"production"' },
    write: false,
    logLevel: "error",
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild made nothing of ${JSON.stringify(input)}`);
  return { code: file.text, minifiedBytes: file.contents.length, gzipBytes: gzipSync(file.contents, { level: 9 }).length };
}

function repeated(entry: string, { count, isWithoutServices }: Calls): string {
  return `${isWithoutServices ? 'import { bindings } from "./src/bindings.js";' : "const bindings = {};"}
import handler from ${JSON.stringify(entry)};
let own;
export default { async fetch(request, env, ctx) {
  own ??= { ...env, ...bindings };
  let last;
  for (let i = 0; i < ${count}; i += 1) last = await handler.fetch(new Request(request), own, ctx);
  return last;
} };`;
}
