import { columns } from "../table.ts";
import {
  allowedNodes,
  distinctAggregates,
  documentedFunctions,
  operatorFunctions,
  type DocumentedFunction,
} from "./documented.ts";
import { refusedFunctions, refusedNodes } from "./refused.ts";
import type { Refusal } from "./refusal.ts";
import { isSameTree, type TreeNode } from "./tree.ts";

export type TreeFinding =
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "unknownTable"; readonly name: string }
  | { readonly kind: "unknownColumn"; readonly name: string; readonly hint?: string };

/**
 * Checks a statement's syntax tree against what is documented: nodes, functions with their number of arguments, tables, and
 * that each SELECT names only what it can see. Undefined when all is well.
 */
export function checkTree(root: TreeNode, isDataset: (name: string) => boolean): TreeFinding | undefined {
  try {
    outputsOf(root, isDataset);
    return undefined;
  } catch (stop) {
    if (stop instanceof Found) return stop.finding;
    throw stop;
  }
}

/** The documented function of a name in any case. */
export function documentedFunction(name: string): DocumentedFunction | undefined {
  return byLowerCase.get(name.toLowerCase());
}

const byLowerCase = new Map(documentedFunctions.map((entry) => [entry.name.toLowerCase(), entry]));

/** Carries the first finding out of the recursion; never leaves this file. */
class Found extends Error {
  readonly finding: TreeFinding;
  constructor(finding: TreeFinding) {
    super(finding.kind);
    this.finding = finding;
  }
}

const refuse = (construct: string, instead: string): never => {
  throw new Found({ kind: "refused", refusal: { construct, instead } });
};

/** Checks a SELECT and gives the names of its result columns. */
function outputsOf(node: TreeNode, isDataset: (name: string) => boolean): Set<string> {
  if (node.kind !== "SelectWithUnionQuery") refuseNode(node);
  const [list, ...beside] = node.children;
  const [select, ...others] = list?.children ?? [];
  if (others.length > 0) refuse("UNION", "run one query per part and put the rows together in your own code");
  if (select?.kind !== "SelectQuery" || beside.length > 0) return refuseNode(beside[0] ?? select ?? node);
  const [items, ...clauses] = select.children;
  if (items?.kind !== "ExpressionList") return refuseNode(items ?? select);

  const source = sourceColumns(
    clauses.find((clause) => clause.kind === "TablesInSelectQuery"),
    isDataset,
  );
  const visible = new Set([...source, ...items.children.flatMap((item) => item.alias ?? [])]);
  for (const item of items.children)
    if (item.kind !== "Asterisk" || item.children.length > 0) checkExpression(item, visible, true);
  const outputs = new Set(
    items.children.flatMap((item) =>
      item.kind === "Asterisk" ? [...source] : (item.alias ?? (item.kind === "Identifier" ? item.name : [])),
    ),
  );
  for (const clause of clauses) {
    if (clause.kind === "TablesInSelectQuery") continue;
    if (clause.kind === "ExpressionList" && clause.children.some((child) => child.kind === "OrderByElement"))
      checkOrder(clause.children, items.children, outputs);
    else if (clause.kind === "ExpressionList") for (const child of clause.children) checkGrouping(child, visible);
    else checkExpression(clause, visible, false);
  }
  return outputs;
}

function sourceColumns(tables: TreeNode | undefined, isDataset: (name: string) => boolean): Set<string> {
  if (tables === undefined) return new Set();
  const [element, second] = tables.children;
  if (second !== undefined) refuse("JOIN", "a query reads one dataset; run one query per dataset and join in your own code");
  const [expression, join] = element?.children ?? [];
  if (expression?.kind !== "TableExpression" || join !== undefined) return refuseNode(join ?? expression ?? tables);
  const [table, modifier] = expression.children;
  if (table === undefined || modifier !== undefined) return refuseNode(modifier ?? expression);
  if (table.alias !== undefined) refuse(`the table alias ${table.alias}`, "leave it out; a query reads one table");
  if (table.kind === "Function")
    refuse(`the table function ${table.name}()`, "only your datasets can be read; SHOW TABLES lists them");
  if (table.kind === "Subquery" && table.children[0] !== undefined) return outputsOf(table.children[0], isDataset);
  if (table.kind !== "TableIdentifier") return refuseNode(table);
  if (!isDataset(table.name)) throw new Found({ kind: "unknownTable", name: table.name });
  return new Set(columns);
}

/** Ordering sees the result, not the table: production answers "unable to find type of column" for anything else. */
function checkOrder(elements: readonly TreeNode[], items: readonly TreeNode[], outputs: ReadonlySet<string>): void {
  for (const element of elements) {
    const [by, modifier] = element.children;
    if (by === undefined || modifier !== undefined) refuse("ORDER BY with a modifier", "write ORDER BY column ASC or DESC");
    else if (by.kind === "Literal") refuse("ORDER BY a position or constant", "order by a column's name or alias");
    else if (
      by.kind === "Identifier" ? !outputs.has(by.name) : !items.some((item) => item.alias === undefined && isSameTree(item, by))
    ) {
      throw new Found({
        kind: "unknownColumn",
        name: by.kind === "Identifier" ? by.name : `${by.name}()`,
        hint: "ORDER BY sees only what is selected: give it an alias in SELECT and order by the alias",
      });
    }
  }
}

function checkGrouping(node: TreeNode, visible: ReadonlySet<string>): void {
  if (node.kind === "ExpressionList") refuse("GROUPING SETS", "run one query per grouping");
  if (node.kind === "Literal" && !node.name.startsWith("'"))
    refuse("GROUP BY a position or constant", "group by a column's name or alias");
  checkExpression(node, visible, false);
}

function checkExpression(node: TreeNode, visible: ReadonlySet<string>, mayHaveAlias: boolean): void {
  if (node.alias !== undefined && !mayHaveAlias)
    refuse(`the alias ${node.alias} inside an expression`, "give aliases only to whole columns of SELECT");
  switch (node.kind) {
    case "Identifier":
      if (!visible.has(node.name)) throw new Found({ kind: "unknownColumn", name: node.name });
      return;
    case "Literal":
      checkLiteral(node);
      return;
    case "Function":
      checkFunction(node, visible);
      return;
    case "Subquery":
      refuse("a sub-query outside FROM", "sub-queries stand only after FROM; run two queries");
      return;
    case "Asterisk":
      refuse(
        node.children.length > 0 ? "a modifier after *" : "* inside an expression",
        node.children.length > 0 ? "name the columns" : "write count() or name the column",
      );
      return;
    default:
      refuseNode(node);
  }
}

function checkLiteral({ name }: TreeNode): void {
  if (/^(?:U?Int64_|Float64_-?\d|Bool_|')/.test(name)) return;
  if (name === "NULL") refuse("NULL", "columns are never NULL; write '' or 0");
  if (name.startsWith("Tuple_")) refuse("a tuple", "write one column per value; a list stands only after IN");
  if (name.startsWith("Array_")) refuse("an array", "write one column per item");
  refuse(`the literal ${name.slice(0, 60)}`, "use whole numbers up to 64 bits, doubles, 'strings', true and false");
}

function checkFunction(node: TreeNode, visible: ReadonlySet<string>): void {
  const [list, params, ...more] = node.children;
  for (const part of [list, params, ...more]) if (part !== undefined && part.kind !== "ExpressionList") refuseNode(part);
  const args = list?.children ?? [];
  const operator = Object.hasOwn(operatorFunctions, node.name) ? operatorFunctions[node.name] : undefined;
  const documented = documentedFunction(node.name);
  if (operator !== undefined && params === undefined)
    checkCount(
      `${node.name}()`,
      args.length,
      operator,
      distinctAggregates.has(node.name) ? "write count(DISTINCT x) with one column" : "see the SQL reference",
    );
  else if (documented !== undefined) checkSignature(node.name, documented, args.length, params?.children.length);
  else refuse(`${node.name}()`, refusedFunctions[node.name.toLowerCase()] ?? "see the functions of the SQL reference");
  for (const param of params?.children ?? [])
    if (param.kind !== "Literal") refuse(`a parameter of ${node.name} that is no constant`, "write a number");

  if (node.name === "in" || node.name === "notIn") return checkIn(args, visible);
  if (node.name.startsWith("toInterval")) return checkInterval(node, args[0]);
  if (documented?.name === "quantileWeighted" && args[0]?.kind !== "Literal")
    refuse("quantileWeighted() with a quantile that is no constant", "write quantileExactWeighted(0.95)(x, weight)");
  for (const arg of args) checkExpression(arg, visible, false);
}

function checkSignature(
  name: string,
  { args, params, usage }: DocumentedFunction,
  argCount: number,
  paramCount: number | undefined,
): void {
  checkCount(`${name}()`, argCount, args, `write ${usage}`);
  if (paramCount !== undefined && params === undefined) refuse(`${name}(…)(…)`, `write ${usage}`);
  if (params !== undefined) checkCount(`${name}(…)`, paramCount ?? 0, params, `write ${usage}`);
}

function checkCount(construct: string, count: number, [min, max]: readonly [number, number], instead: string): void {
  if (count < min || count > max) refuse(`${construct} with ${count} argument${count === 1 ? "" : "s"}`, instead);
}

/** The right side is a list of values: one literal, a tuple of literals, or a tuple of expressions. */
function checkIn([left, right]: readonly TreeNode[], visible: ReadonlySet<string>): void {
  if (left === undefined || right === undefined) return;
  checkExpression(left, visible, false);
  const isFlatList =
    right.kind === "Literal" &&
    right.name.startsWith("Tuple_") &&
    !/^Tuple_\((?:.*, )?(?:Tuple|Array)_/.test(right.name.replace(/'(?:[^'\\]|\\.)*'/g, "''"));
  if (isFlatList) return;
  if (right.kind === "Function" && right.name === "tuple")
    for (const item of right.children[0]?.children ?? []) checkExpression(item, visible, false);
  else if (right.kind === "Subquery") refuse("IN (SELECT …)", "run the inner query first and write its values as a list");
  else if (right.kind === "Literal") checkLiteral(right);
  else refuse("IN without a list of values", "write IN ('a', 'b')");
}

function checkInterval(node: TreeNode, amount: TreeNode | undefined): void {
  if (amount?.kind === "Literal" && /^'\d+'$/.test(amount.name)) return;
  refuse("INTERVAL without a quoted whole number", `write INTERVAL '5' ${node.name.slice("toInterval".length).toUpperCase()}`);
}

function refuseNode(node: TreeNode): never {
  const known = refusedNodes[node.kind];
  const construct = allowedNodes.has(node.kind) ? `${node.kind} in this place` : node.kind;
  throw new Found({ kind: "refused", refusal: known ?? { construct, instead: "see the statements of the SQL reference" } });
}
