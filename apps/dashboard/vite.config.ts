import { defineConfig } from "vite";

/** The app as static files below dist/: the Worker serves them to those who may come in. */
export default defineConfig({
  root: "src/app",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { outDir: "../../dist", emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
