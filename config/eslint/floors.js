import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { URL } from "node:url";

/** @type {Record<string, number | "side" | "top" | string>} */
const floors = JSON.parse(readFileSync(new URL("../floors.json", import.meta.url), "utf8"));

/** Name of the workspace package that holds the file, from the nearest package.json. */
function packageOf(file) {
  for (let dir = dirname(file); dir !== dirname(dir); dir = dirname(dir)) {
    try {
      return JSON.parse(readFileSync(join(dir, "package.json"), "utf8")).name;
    } catch {
      // no package.json here: one folder up
    }
  }
  return undefined;
}

/**
 * Why `from` may not import `to`, or undefined if it may.
 * @param {string} from package name of the importer
 * @param {string} to package name of the imported room
 * @param {boolean} isTest tests may use the local Analytics Engine
 */
export function floorViolation(from, to, isTest) {
  if (from === to || !(from in floors) || !(to in floors)) return undefined;
  const [a, b] = [floors[from], floors[to]];
  if (b === "side") {
    return isTest || from === "@monotask/local-stack" || from === "@monotask/cli"
      ? undefined
      : `${to} runs on Node and may not ship to a Worker; only tests, the CLI and the local stack may import it`;
  }
  if (a === "side") return `${from} stands alone and imports no room`;
  if (a === "top") return b === "top" ? `apps do not import each other (${to})` : undefined;
  if (b === "top") return `${to} is an app; packages never import apps`;
  return b < a ? undefined : `${from} is on floor ${a} and may import only from lower floors; ${to} is on floor ${b}`;
}

/** ESLint rule: imports go down the floors of config/floors.json, never up or sideways. */
export const floorsRule = {
  meta: { type: "problem", schema: [], messages: { floor: "{{why}} (config/floors.json)" } },
  create(context) {
    const from = packageOf(context.filename);
    const isTest = /\.(test|bench|prove)\.ts$|\/test\//.test(context.filename);
    const check = (node) => {
      const source = node.source?.value;
      if (typeof source !== "string") return;
      const to = /^@monotask\/[^/]+/.exec(source)?.[0];
      const why = from && to && floorViolation(from, to, isTest);
      if (why) context.report({ node: node.source, messageId: "floor", data: { why } });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check };
  },
};
