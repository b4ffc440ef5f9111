import { defineConfig, type Options } from "tsup";

/** Build of a published package: ESM with types; every entry is one public import path. */
export function library(options: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: ["src/index.ts"],
    format: ["esm"],
    dts: true,
    sourcemap: true,
    clean: true,
    target: "es2022",
    platform: "neutral",
    // Resolved by the runtime, never bundled.
    external: [/^cloudflare:/, /^node:/],
    silent: true,
    ...options,
  });
}
