import type { parse } from "@babel/parser";

export type Program = ReturnType<typeof parse>["program"];
type Statement = Program["body"][number];
type Variables = Extract<Statement, { type: "VariableDeclaration" }>;
type Expression = NonNullable<Variables["declarations"][number]["init"]>;
/** What can stand behind `export default` or between the brackets of a call. */
type Value =
  | Expression
  | Extract<Statement, { type: "ExportDefaultDeclaration" }>["declaration"]
  | Extract<Expression, { type: "CallExpression" }>["arguments"][number];

/** What wraps a default export, and by which name the file calls it. */
const WRAPPERS: readonly string[] = ["monitor", "monitorEntrypoint"];

/** Local names of the wrappers that the file imports from our packages, by the name they have there. */
export function importedWrappers(program: Program): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const node of program.body) {
    if (node.type !== "ImportDeclaration" || !node.source.value.startsWith("@monotask/")) continue;
    for (const specifier of node.specifiers) {
      if (specifier.type !== "ImportSpecifier" || specifier.imported.type !== "Identifier") continue;
      if (WRAPPERS.includes(specifier.imported.name)) found.set(specifier.imported.name, specifier.local.name);
    }
  }
  return found;
}

/** Whether the default export is what a wrapper gave: straight, through constants, inside of another wrapper, or made by a function here. */
export function isMonitored(program: Program): boolean {
  const wrappers = new Set(importedWrappers(program).values());
  if (wrappers.size === 0) return false;
  const constants = constantsOf(program);
  const functions = new Set(program.body.flatMap((node) => (node.type === "FunctionDeclaration" ? (node.id?.name ?? []) : [])));

  const isWrapped = (node: Value | undefined, seen: ReadonlySet<string>): boolean => {
    if (node === undefined) return false;
    if (node.type === "TSAsExpression" || node.type === "TSSatisfiesExpression") return isWrapped(node.expression, seen);
    if (node.type === "Identifier")
      return !seen.has(node.name) && isWrapped(constants.get(node.name), new Set([...seen, node.name]));
    if (node.type !== "CallExpression") return false;
    const called = node.callee.type === "Identifier" ? node.callee.name : "";
    if (wrappers.has(called)) return true;
    if (functions.has(called) && callsOneOf(program, wrappers)) return true;
    return node.arguments.some((argument) => isWrapped(argument, seen));
  };
  return isWrapped(defaultOf(program), new Set());
}

/** Names that a declaration at the top level gives, so that another one of that name is an error. */
export function topLevelNames(program: Program): ReadonlySet<string> {
  const names = program.body.flatMap((statement) => {
    const node = statement.type === "ExportNamedDeclaration" && statement.declaration ? statement.declaration : statement;
    if (node.type === "ImportDeclaration") return node.specifiers.map(({ local }) => local.name);
    if (node.type === "VariableDeclaration") return node.declarations.flatMap(({ id }) => identifiersIn(id));
    return "id" in node && node.id?.type === "Identifier" ? [node.id.name] : [];
  });
  return new Set(names);
}

function defaultOf(program: Program): Value | undefined {
  for (const node of program.body) {
    if (node.type === "ExportDefaultDeclaration") return node.declaration;
    if (node.type !== "ExportNamedDeclaration" || node.source) continue;
    for (const specifier of node.specifiers)
      if (
        specifier.type === "ExportSpecifier" &&
        specifier.exported.type === "Identifier" &&
        specifier.exported.name === "default"
      )
        return specifier.local;
  }
  return undefined;
}

function constantsOf(program: Program): ReadonlyMap<string, Expression> {
  const declarations = program.body.flatMap((statement) => {
    const node = statement.type === "ExportNamedDeclaration" && statement.declaration ? statement.declaration : statement;
    return node.type === "VariableDeclaration" ? node.declarations : [];
  });
  return new Map(declarations.flatMap(({ id, init }) => (id.type === "Identifier" && init ? [[id.name, init] as const] : [])));
}

function callsOneOf(node: unknown, names: ReadonlySet<string>): boolean {
  if (Array.isArray(node)) return node.some((each) => callsOneOf(each, names));
  if (!isNode(node)) return false;
  if (node.type === "CallExpression" && isNode(node["callee"]) && names.has(String(node["callee"]["name"]))) return true;
  return Object.values(node).some((value) => callsOneOf(value, names));
}

/** Every identifier in a pattern such as `{ a, b: [c] }`; some that are only keys too, which does no harm. */
function identifiersIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(identifiersIn);
  if (!isNode(node)) return [];
  if (node.type === "Identifier") return [String(node["name"])];
  return Object.values(node).flatMap(identifiersIn);
}

function isNode(value: unknown): value is Readonly<Record<string, unknown>> & { readonly type: string } {
  return typeof value === "object" && value !== null && "type" in value;
}
