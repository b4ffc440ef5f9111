/** A node of ClickHouse's syntax tree, read from the text of `EXPLAIN AST`. */
export interface TreeNode {
  /** `Function`, `Identifier`, `SelectQuery` … */
  readonly kind: string;
  /** Name of a function, identifier or table; value of a literal; '' otherwise. */
  readonly name: string;
  readonly alias: string | undefined;
  readonly children: TreeNode[];
}

/**
 * Reads the tree, one node a line, one space of indent a level. Undefined when the text is no such tree: each line also says
 * how many children follow, so that a line put in by a name would not go unseen.
 */
export function parseTree(text: string): TreeNode | undefined {
  const path: { node: TreeNode; expected: number }[] = [];
  let root: TreeNode | undefined;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const read = readLine(line);
    if (read === undefined || read.depth > path.length || (read.depth === 0 && root !== undefined)) return undefined;
    if (!areFull(path.splice(read.depth))) return undefined;
    const parent = path.at(-1);
    if (parent === undefined) root = read.node;
    else parent.node.children.push(read.node);
    path.push(read);
  }
  return areFull(path) ? root : undefined;
}

/** Two nodes that say the same, whatever their aliases. */
export function isSameTree(a: TreeNode, b: TreeNode): boolean {
  return (
    a.kind === b.kind &&
    a.name === b.name &&
    a.children.length === b.children.length &&
    a.children.every((child, i) => b.children[i] !== undefined && isSameTree(child, b.children[i]))
  );
}

const linePattern = /^( *)([A-Za-z]+)(?: (.*))?$/;

function readLine(line: string): { node: TreeNode; expected: number; depth: number } | undefined {
  const match = linePattern.exec(line);
  if (match === null) return undefined;
  const [, indent = "", kind = "", tail = ""] = match;
  // Literals have no children, and their text may hold anything.
  const counted = kind === "Literal" ? null : /^(.*?) ?\(children (\d+)\)$/.exec(tail);
  const named = counted?.[1] ?? tail;
  const aliased = /^(.*?) ?\(alias ([^()]*)\)$/.exec(named);
  const node = { kind, name: aliased?.[1] ?? named, alias: aliased?.[2], children: [] };
  return { node, expected: Number(counted?.[2] ?? 0), depth: indent.length };
}

function areFull(closed: readonly { node: TreeNode; expected: number }[]): boolean {
  return closed.every(({ node, expected }) => node.children.length === expected);
}
