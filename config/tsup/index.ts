import { defineConfig, type Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

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

/**
 * Build of a package that ships into Workers: `dist` mirrors `src` file by file, so that a bundler can leave out the modules that
 * nobody uses (`sideEffects: false` is a promise for each file, and within a file little can be proved).
 * @param entries the public import paths, which get types
 * @param writtenOut modules of which only their values ship, by path: what they are derived from does not
 */
export function runtimeLibrary(
  entries: readonly string[] = ["src/index.ts"],
  writtenOut: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): ReturnType<typeof defineConfig> {
  return library({
    entry: ["src/**/*.ts", "!src/**/*.test.ts", "!src/**/*.spec.ts", "!src/**/*.prove.ts"],
    dts: { entry: [...entries] },
    esbuildPlugins: [modulesStayApart, valuesOf(writtenOut)],
  });
}

/** Leaves imports of neighbours as they are, with the ending that they have in `dist`. */
const modulesStayApart: Plugin = {
  name: "modules-stay-apart",
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\// }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path: path.replace(/\.ts$/, ".js"), external: true },
    );
  },
};

/** Puts the values of derived modules in the place of their code. */
function valuesOf(modules: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Plugin {
  return {
    name: "values-of",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const name = Object.keys(modules).find((module) => path.endsWith(`/${module}`));
        if (name === undefined) return undefined;
        const lines = Object.entries(modules[name] ?? {}).map(
          ([key, value]) => `export const ${key} = ${JSON.stringify(value)};`,
        );
        return { contents: lines.join("\n"), loader: "js" };
      });
    },
  };
}
