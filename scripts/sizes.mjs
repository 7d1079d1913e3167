/**
 * Checks the sizes of folders, files and functions. A folder holds one concept, so at most 12
 * modules; a file has at most 250 lines. Larger ones are listed in `sizes.json` with their sizes,
 * and may only shrink.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { filesBelow, root, workspaceFolders } from "./lib/workspace.mjs";

const MAX_MODULES = 12;
const MAX_LINES = 250;

const listed = JSON.parse(readFileSync(join(root, "scripts/sizes.json"), "utf8"));
const files = workspaceFolders().flatMap((folder) =>
  ["src", "test"].flatMap((part) => filesBelow(`${folder}/${part}`, /\.ts$/)),
);

function isTest(file) {
  return /\.(test|test-d|fixtures)\.ts$/.test(file);
}

function linesOf(file) {
  return readFileSync(join(root, file), "utf8").trimEnd().split("\n").length;
}

function modulesByFolder() {
  const counts = new Map();
  for (const file of files)
    if (!isTest(file)) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  return counts;
}

/**
 * Names that are over their limit and not listed, listed and grown, or listed and no longer over.
 */
function breaches(sizes, limit, allowed, unit) {
  const found = [];
  for (const [name, size] of sizes) {
    const most = allowed[name] ?? limit;
    if (size > most) found.push(`${name} has ${size} ${unit}, and may have ${most}`);
    else if (size < most && name in allowed)
      found.push(`${name} has shrunk to ${size} ${unit}: say so in scripts/sizes.json, or take it out`);
  }
  for (const name of Object.keys(allowed))
    if (!sizes.has(name)) found.push(`${name} is listed, and is not there`);
  return found;
}

const BRANCHES = new Set([
  ts.SyntaxKind.IfStatement,
  ts.SyntaxKind.ConditionalExpression,
  ts.SyntaxKind.CaseClause,
  ts.SyntaxKind.CatchClause,
  ts.SyntaxKind.ForStatement,
  ts.SyntaxKind.ForInStatement,
  ts.SyntaxKind.ForOfStatement,
  ts.SyntaxKind.WhileStatement,
  ts.SyntaxKind.DoStatement,
]);
const BRANCHING_OPERATORS = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

function isBranch(node) {
  return (
    BRANCHES.has(node.kind) ||
    (ts.isBinaryExpression(node) && BRANCHING_OPERATORS.has(node.operatorToken.kind))
  );
}

/**
 * Lines and cyclomatic complexity of each function with a body; nested functions are counted
 * separately.
 */
function functionsOf(file) {
  const tree = ts.createSourceFile(
    file,
    readFileSync(join(root, file), "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const found = [];
  const visit = (node, owner) => {
    let current = owner;
    if (ts.isFunctionLike(node) && node.body !== undefined) {
      const line = (position) => tree.getLineAndCharacterOfPosition(position).line;
      current = { lines: line(node.end) - line(node.getStart()) + 1, complexity: 1 };
      found.push(current);
    } else if (isBranch(node) && owner !== undefined) owner.complexity += 1;
    ts.forEachChild(node, (child) => visit(child, current));
  };
  visit(tree, undefined);
  return found;
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return `median ${at(0.5)}, 95 % up to ${at(0.95)}, 99 % up to ${at(0.99)}, largest ${at(1)}`;
}

const modules = files.filter((file) => !isTest(file) && file.includes("/src/"));
const functions = modules.flatMap(functionsOf);
console.log(`${modules.length} modules, ${functions.length} functions`);
console.log(`lines of a module: ${spread(modules.map(linesOf))}`);
console.log(`lines of a function: ${spread(functions.map(({ lines }) => lines))}`);
console.log(`complexity of a function: ${spread(functions.map(({ complexity }) => complexity))}`);

const found = [
  ...breaches(modulesByFolder(), MAX_MODULES, listed.folders, "modules"),
  ...breaches(new Map(files.map((file) => [file, linesOf(file)])), MAX_LINES, listed.files, "lines"),
];
for (const breach of found) console.error(`✗ ${breach}`);
process.exitCode = found.length === 0 ? 0 : 1;
