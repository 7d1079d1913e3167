import ts from "typescript";

/** The comments of a source in order: each with its position, line and text, marks included. */
export function commentsOf(text) {
  const tree = ts.createSourceFile("comments.ts", text, ts.ScriptTarget.Latest, true);
  const found = new Map();
  const take = (ranges) => {
    for (const { pos, end } of ranges ?? []) {
      const { line } = tree.getLineAndCharacterOfPosition(pos);
      found.set(pos, { pos, line: line + 1, text: text.slice(pos, end) });
    }
  };
  const visit = (node) => {
    take(ts.getLeadingCommentRanges(text, node.getFullStart()));
    take(ts.getTrailingCommentRanges(text, node.end));
    for (const child of node.getChildren(tree)) visit(child);
  };
  visit(tree);
  return [...found.values()].toSorted((a, b) => a.pos - b.pos);
}
