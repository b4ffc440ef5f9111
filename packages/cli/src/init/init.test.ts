import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runCli } from "../test/run-cli.ts";
import { parseConfig } from "../wrangler-config/wrangler-config.ts";
import { wrapEntry } from "./wrap-entry.ts";

const JSONC = `// The API of the shop.
{
  "name": "shop-api", // the name
  "main": "src/index.ts",
  "vars": { "SHOP": "one", },
  "kv_namespaces": [
    { "binding": "CACHE", "id": "x" }, // read through
  ],
  "env": {
    "staging": {},
    // the real one
    "production": { "vars": { "LOG_LEVEL": "warn" } },
  },
  /* the end */
}
`;

/** The specification's own block, pasted as it is, and the ways people write TOML. */
const TOML = `# The API of the shop.
name = "shop-api" # the name
main = "src/index.ts"

[vars]
LOG_LEVEL = "info"           # info, warn, error
METRICS_SAMPLING_RATE = "0.1" # 10% sampling
SLACK_WEBHOOK_URL = "https://..." # For Slack alerts
ALERT_EMAIL = "alerts@monotask.dev"
# behind the last var

[durable_objects]
bindings = [
  # counts ] things
  { name = "COUNTER", class_name = "Counter" } # no comma
]

[[kv_namespaces]]
binding = "CACHE"
id = "abc"

[env.staging] # to try
name = "shop-staging"
[env.production]
vars = { SHOP = "two" }
vars2.deep = "#no comment"
# the end`;

const ENTRY = `import { Hono } from "hono";\n\nconst app = new Hono();\nexport default app;\n`;
const PACKAGE = `{\n  "name": "shop",\n  "scripts": { "test": "vitest" }\n}\n`;

function project(config: Record<string, string>): Record<string, string> {
  return { ...config, "src/index.ts": ENTRY, "package.json": PACKAGE, ".gitignore": "node_modules\n" };
}

describe.each([
  ["wrangler.jsonc", JSONC],
  ["wrangler.toml", TOML],
])("monotask init with %s", (file, text) => {
  it("shows the exact diff and writes nothing before it is told to", async () => {
    const before = project({ [file]: text });
    const { code, out, files } = await runCli(["init"], { files: before });
    expect(code).toBe(1);
    expect(files).toEqual(before);
    expect(out).toContain(`--- a/${file}`);
    expect(out).toContain('+export default monitor(app, { workerName: "shop-api" });');
  });

  it("binds everything in every environment, each with its own dataset and AlertManager", async () => {
    const { code, files } = await runCli(["init", "--plan", "paid", "--yes"], { files: project({ [file]: text }) });
    expect(code).toBe(0);
    const config = parseConfig(files[file] ?? "", file);
    const staging = {
      vars: { ENVIRONMENT: "staging", METRICS_SAMPLING_RATE: "0.1", LOG_LEVEL: "info" },
      analytics_engine_datasets: [{ binding: "ANALYTICS", dataset: "monotask_staging" }],
      version_metadata: { binding: "CF_VERSION_METADATA" },
      durable_objects: {
        bindings: [{ name: "ALERT_MANAGER", class_name: "AlertManager", script_name: "monotask-evaluator-staging" }],
      },
      kv_namespaces: [{ binding: "ALERT_COOLDOWN" }],
      tail_consumers: [{ service: "monotask-evaluator-staging" }],
      logpush: true,
    };
    expect(config).toMatchObject({
      upload_source_maps: true,
      vars: { ENVIRONMENT: "development" },
      env: { staging, production: { analytics_engine_datasets: [{ dataset: "monotask" }], vars: { ENVIRONMENT: "production" } } },
    });
  });

  it("keeps every line and comment that was there, in order", async () => {
    const { files } = await runCli(["init", "--yes"], { files: project({ [file]: text }) });
    const after = files[file] ?? "";
    const comments = text.match(/(?:#|\/\/|\/\*).*$/gm) ?? [];
    let from = 0;
    for (const comment of comments) {
      const at = after.indexOf(comment, from);
      expect(at, `${comment} is lost or moved`).toBeGreaterThanOrEqual(0);
      from = at;
    }
  });

  it("finds nothing to do the second time", async () => {
    const once = await runCli(["init", "--yes"], { files: project({ [file]: text }) });
    const twice = await runCli(["init", "--yes"], { files: once.files });
    expect(twice.out).toBe("Nothing to do: this worker has everything. Next: monotask doctor");
    expect(twice.files).toEqual(once.files);
  });

  it("restores every byte, also after a second init for another plan", async () => {
    const before = project({ [file]: text.replaceAll("\n", "\r\n") });
    const free = await runCli(["init", "--yes"], { files: before });
    const paid = await runCli(["init", "--yes", "--plan", "paid"], { files: free.files });
    expect(paid.files).not.toEqual(free.files);
    const undone = await runCli(["init", "--undo"], { files: paid.files });
    expect(undone.files).toEqual(before);
  });
});

describe("monotask init", () => {
  it("asks, and writes on yes", async () => {
    const { code, files } = await runCli(["init"], { files: project({ "wrangler.jsonc": JSONC }), answers: ["y"] });
    expect(code).toBe(0);
    expect(files["config/slos.yaml"]).toContain("filter: { worker: shop-api }");
    expect(files["package.json"]).toContain('"@monotask/monitoring"');
    const valid = await runCli(["slo", "validate", "--strict"], { files });
    expect(valid.out).toBe("2 SLOs in config/slos.yaml: 0 errors, 0 warnings");
    const rules = await runCli(["alerts", "validate"], { files });
    expect(rules.out + rules.err).toMatch(/config\/alerts.yaml.*0 errors/);
  });

  it.each(["wrangler.jsonc", "wrangler.toml"])(
    "keeps the byte order mark that Windows puts into %s and package.json",
    async (file) => {
      const config = file === "wrangler.toml" ? 'name = "a"\r\n' : '{\r\n  "name": "a"\r\n}\r\n';
      const before = { [file]: `\uFEFF${config}`, "package.json": `\uFEFF${PACKAGE}` };
      const { code, err, files } = await runCli(["init", "--yes"], { files: before });
      expect(code, err).toBe(0);
      for (const name of Object.keys(before)) expect(files[name]).toMatch(/^\uFEFF[^\uFEFF]+@?mono[^\uFEFF]+$/);
      expect((await runCli(["init", "--yes"], { files })).out).toContain("Nothing to do");
    },
  );

  it("in a monorepo gives the worker's own package.json the library, and names its configuration in what comes next", async () => {
    const config = "apps/api/wrangler.jsonc";
    const { files, out } = await runCli(["init", "--yes", "--config", config], {
      files: {
        ...{ [config]: '{ "name": "api", "main": "src/index.ts" }', "apps/api/src/index.ts": ENTRY },
        ...{ "apps/api/package.json": "{}", "package.json": "{}" },
      },
    });
    const [own, root] = ["apps/api/package.json", "package.json"].map((file) => JSON.parse(files[file] ?? "") as object);
    expect(own).toEqual({ dependencies: { "@monotask/monitoring": "latest" } });
    expect(root).toEqual({
      devDependencies: { "@monotask/cli": "latest", "@monotask/analytics-engine-local": "latest" },
      scripts: {
        "monitoring:dev": `monotask dev --config ${config}`,
        "monitoring:doctor": `monotask doctor --config ${config}`,
        "monitoring:deploy": "monotask deploy",
      },
    });
    expect(out).toContain(`2. npx monotask dev --config ${config}  `);
    expect(out).toContain(`4. npx wrangler deploy --config ${config}  `);
  });

  it("says what to install where there is no package.json", async () => {
    const { out, err } = await runCli(["init", "--yes"], { files: { "wrangler.json": '{ "name": "api" }' } });
    expect(err).toContain("there is no package.json here");
    expect(out).toContain("1. npm install @monotask/monitoring @monotask/cli @monotask/analytics-engine-local");
  });

  it("does not undo over a later edit, and says which file it is", async () => {
    const { files } = await runCli(["init", "--yes"], { files: project({ "wrangler.jsonc": JSONC }) });
    const edited = { ...files, "src/index.ts": `${files["src/index.ts"] ?? ""}// mine\n` };
    const undone = await runCli(["init", "--undo"], { files: edited });
    expect(undone.code).toBe(1);
    expect(undone.err).toContain("changed since init: src/index.ts");
    expect(undone.files).toEqual(edited);
  });

  it.each([
    ["no configuration", {}, "there is no wrangler.jsonc"],
    ["a broken one", { "wrangler.jsonc": '{\n "name": ,}' }, "wrangler.jsonc:2 is not JSON with comments"],
    ["broken TOML", { "wrangler.toml": "name = \n" }, "wrangler.toml:1 is not TOML"],
    ["no name", { "wrangler.jsonc": "{}" }, 'wrangler.jsonc has no "name"'],
    [
      "a name that is taken",
      { "wrangler.jsonc": '{"name":"a","services":[{"binding":"ANALYTICS","service":"b"}]}' },
      "ANALYTICS is bound in services, but monitoring needs that name in analytics_engine_datasets; rename yours",
    ],
    [
      "an environment that cannot be edited in place",
      { "wrangler.toml": 'name = "a"\nenv = { staging = {} }\n' },
      "add by hand:",
    ],
  ])("names the fix for %s", async (_what, files, message) => {
    const run = await runCli(["init", "--yes"], { files });
    expect(run.code).toBe(1);
    expect(run.err).toContain(message);
    expect(run.files).toEqual(files);
  });
});

describe("wrapEntry", () => {
  it.each([
    [
      "an object with its type",
      "export default {\n  fetch() {},\n} satisfies ExportedHandler<Env>;\n",
      'export default monitor({\n  fetch() {},\n} satisfies ExportedHandler<Env>, { workerName: "api" });\n',
    ],
    [
      "single quotes without semicolons",
      "import a from 'a'\nexport default a\n",
      "import a from 'a'\nimport { monitor } from '@monotask/monitoring'\nexport default monitor(a, { workerName: 'api' })\n",
    ],
    [
      "Windows lines",
      'import a from "a";\r\nexport default a;\r\n',
      'import a from "a";\r\nimport { monitor } from "@monotask/monitoring";\r\nexport default monitor(a, { workerName: "api" });\r\n',
    ],
    [
      "a class without a name",
      'import { WorkerEntrypoint } from "cloudflare:workers";\n\nexport default class extends WorkerEntrypoint<Env> {\n  fetch() {}\n}\n',
      'import { WorkerEntrypoint } from "cloudflare:workers";\nimport { monitorEntrypoint } from "@monotask/monitoring";\n\nexport default monitorEntrypoint(class extends WorkerEntrypoint<Env> {\n  fetch() {}\n}, { workerName: "api" });\n',
    ],
    [
      "a class whose name is used elsewhere",
      "export default class Api extends Base {}\nexport const x = Api;\n",
      'class Api extends Base {}\n\nexport default monitorEntrypoint(Api, { workerName: "api" });\nexport const x = Api;\n',
    ],
    [
      "what another call of a package of ours is no wrapping of",
      'import { createLogger } from "@monotask/telemetry";\nexport default createApp();\n',
      'import { createLogger } from "@monotask/telemetry";\nimport { monitor } from "@monotask/monitoring";\nexport default monitor(createApp(), { workerName: "api" });\n',
    ],
    [
      "a file that has a name of its own where ours would stand",
      'import { monitor } from "./screen";\nexport default { fetch() { monitor(); } };\n',
      'import { monitor as monitorWorker } from "@monotask/monitoring";\nexport default monitorWorker({ fetch() { monitor(); } }, { workerName: "api" });\n',
    ],
    [
      "a file that imports the wrapper for something else",
      'import { monitorEntrypoint, monitor as watch } from "@monotask/monitoring";\nexport const Admin = monitorEntrypoint(A, o);\nexport default { fetch() {} };\n',
      'from "@monotask/monitoring";\nexport const Admin = monitorEntrypoint(A, o);\nexport default watch({ fetch() {} }, { workerName: "api" });\n',
    ],
    [
      "a constant that is exported under the name default",
      "const app = {};\nexport { app as default };\n",
      'const app = {};\nexport default monitor(app, { workerName: "api" });\n',
    ],
  ])("wraps %s, once", (_what, before, after) => {
    const wrapped = wrapEntry(before, "src/index.ts", "api");
    const text = wrapped.result === "wrapped" ? wrapped.text : "";
    expect(text).toContain(after);
    expect(wrapEntry(text, "src/index.ts", "api")).toEqual({ result: "already" });
  });

  it.each([
    [
      "a wrapped one",
      'import { monitor } from "@monotask/middleware";\nexport default monitor(app, { workerName: "x" });',
      "already",
    ],
    [
      "one that was wrapped into a constant",
      'import { monitor } from "@monotask/monitoring";\nconst app = monitor({ fetch() {} }, { workerName: "x" });\nexport { app as default };',
      "already",
    ],
    [
      "one that is wrapped inside of another wrapper",
      'import { monitor as watched } from "@monotask/monitoring";\nconst api = watched(app, o) as Handler;\nexport default traced(options, api);',
      "already",
    ],
    [
      "one that a function of the file wraps",
      'import { monitor } from "@monotask/monitoring";\nfunction make() {\n  return monitor(app, o);\n}\nexport default make();',
      "already",
    ],
    ["a default from another file", 'export { default } from "./app";', "by hand"],
    ["a file whose names leave no room", "const monitor = 1, monitorWorker = 2;\nexport default {};", "by hand"],
    ["a function, which no Worker runs", "export default function handler() {}", "by hand"],
    ["a decorated class", "export default @logged class Api {}", "by hand"],
    ["none", "export const a = 1;", "by hand"],
    ["what is no code", "export default {{{", "by hand"],
  ])("leaves %s", (_what, text, result) => {
    expect(wrapEntry(text, "src/index.ts", "api").result).toBe(result);
  });
});

describe("any configuration", () => {
  const key = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,6}$/).filter((name) => !["vars", "name", "env", "main"].includes(name));
  const text = fc.string({ maxLength: 12 });
  const comment = fc.stringMatching(/^[ a-z"'{}[\],#]{0,12}$/);

  it("in TOML keeps its comments and gets its bindings", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(key, text, comment), { maxLength: 5, selector: ([k]) => k }),
        fc.boolean(),
        async (vars, hasTable) => {
          const lines = vars.map(([k, v, c]) => `${k} = ${JSON.stringify(v).replaceAll("\u007f", "\\u007f")} # ${c}`);
          const before = `name = "w"\n${hasTable ? ["[vars]", ...lines].join("\n") : `[[r2_buckets]]\nbinding = "B" # bucket\n`}\n`;
          const { code, files, err } = await runCli(["init", "--yes"], { files: { "wrangler.toml": before } });
          expect(code, err).toBe(0);
          const after = files["wrangler.toml"] ?? "";
          for (const line of before.trimEnd().split("\n")) expect(after).toContain(line);
        },
      ),
      { numRuns: 60, seed: 8 },
    );
  });

  it("in JSON keeps its lines and gets its bindings", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(key, text, comment), { maxLength: 5, selector: ([k]) => k }),
        fc.boolean(),
        async (vars, isTrailing) => {
          const lines = vars.map(
            ([k, v, c], at) =>
              `    ${JSON.stringify(k)}: ${JSON.stringify(v)}${at < vars.length - 1 || isTrailing ? "," : ""} // ${c}`,
          );
          const before = `{\n  "name": "w",\n  "vars": {\n${lines.join("\n")}\n  }${isTrailing ? "," : ""}\n}\n`;
          const { code, files, err } = await runCli(["init", "--yes"], { files: { "wrangler.jsonc": before } });
          expect(code, err).toBe(0);
          const after = files["wrangler.jsonc"] ?? "";
          for (const [, , c] of vars) expect(after).toContain(`// ${c}`);
        },
      ),
      { numRuns: 60, seed: 8 },
    );
  });
});
