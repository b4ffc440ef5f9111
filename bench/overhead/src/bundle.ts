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

/**
 * A variant as wrangler would bundle it: one file, minified, conditions workerd, worker, browser.
 * @param calls how often its handler is called within one request: where above 1, the server's own cost is shared
 */
export async function bundle(variant: string, calls = 1): Promise<Bundle> {
  const folder = join(import.meta.dirname, "..");
  const entry = join(folder, "variants", `${variant}.js`);
  const { outputFiles } = await esbuild.build({
    ...(calls === 1 ? { entryPoints: [entry] } : { stdin: { contents: repeated(entry, calls), resolveDir: folder } }),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*", "cloudflare:*"],
    alias: { "@monotask/monitoring": join(folder, "../../packages/monitoring/dist/index.js") },
    define: { "process.env.NODE_ENV": '"production"' },
    write: false,
    logLevel: "error",
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild made nothing of ${variant}`);
  return { code: file.text, minifiedBytes: file.contents.length, gzipBytes: gzipSync(file.contents, { level: 9 }).length };
}

function repeated(entry: string, calls: number): string {
  return `import handler from ${JSON.stringify(entry)};
export default { async fetch(request, env, ctx) {
  let last;
  for (let i = 0; i < ${calls}; i += 1) last = await handler.fetch(new Request(request), env, ctx);
  return last;
} };`;
}
