/**
 * Checks the English of comments: plain technical sentences that name their subject. Reports banned
 * phrases in the comments of sources, tests and scripts, and comment lines over 100 columns.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commentsOf } from "./lib/comments.mjs";
import { filesBelow, root, workspaceFolders } from "./lib/workspace.mjs";

const MAX_COLUMNS = 100;

/** Phrases with what to write in their place. */
const BANNED = [
  [/\bwhoever\b/i, "name the subject"],
  [/(^|[.:;] )Who\b(?! s)/, "name the subject"],
  [/(^|[.:;] )Those (that|who|which|of)\b/, "name the subject"],
  [/\bis whose to\b/i, "say who does it"],
  [/\bso (many|long|often|much) (of|as|at|from|in|the)\b/i, "say what the number is"],
  [/(^|[.:;] )So (many|long|often|much)\b/, "say what the number is"],
  [/\b(he|his|him|she|her)\b/i, "use a noun"],
  [/\b(is|are|be|was|were) told\b/, "say what is called or passed"],
  [/\bhears?\b/, "say what is received, or what is listened to"],
  [/\bnobody\b/i, "name the subject"],
];

/** The sentences of a comment in one line. */
function proseOf(comment) {
  return comment
    .replaceAll(/^\/\*\*?|\*\/$|^\s*\*( |$)|^\/\/ ?/gm, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function sources() {
  const folders = workspaceFolders().flatMap((folder) => [`${folder}/src`, `${folder}/test`]);
  return [...folders, "scripts"].flatMap((folder) => filesBelow(folder, /\.(ts|mts|mjs|cjs)$/));
}

const only = process.argv.slice(2);
let breaches = 0;
for (const file of sources().filter(
  (name) => only.length === 0 || only.some((part) => name.startsWith(part)),
)) {
  const text = readFileSync(join(root, file), "utf8");
  const lines = text.split("\n");
  for (const comment of commentsOf(text)) {
    const prose = proseOf(comment.text);
    for (const [pattern, advice] of BANNED) {
      const match = pattern.exec(prose);
      if (match !== null) report(file, comment.line, `"${match[0].trim()}": ${advice}`);
    }
    const count = comment.text.split("\n").length;
    for (let line = comment.line; line < comment.line + count; line += 1)
      if (lines[line - 1].length > MAX_COLUMNS) report(file, line, `${lines[line - 1].length} columns`);
  }
}
process.exitCode = breaches === 0 ? 0 : 1;

function report(file, line, what) {
  breaches += 1;
  console.error(`✗ ${file}:${line} ${what}`);
}
