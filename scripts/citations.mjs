/**
 * Citations that resolve to nothing. A comment cites a heading of a document in `docs/spec`, such
 * as (engine-protocol, "Heartbeat" and "EIO=3") or (server-api, "Socket": attributes). A Markdown
 * file cites by relative links, with or without an anchor, and by paths in backticks.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { commentsOf } from "./lib/comments.mjs";
import { filesBelow, root, workspaceFolders } from "./lib/workspace.mjs";

const SPEC = "docs/spec";
const SOURCE = /\.[cm]?[jt]s$/;
/** A path from the root, or from the folder of the packages. */
const ROOTED_PATH = /^(?:packages|apps|scripts|docs|\.github)\/[^\s<>…]+$/;
const PACKAGE_PATH = /^[a-z-]+\/(?:src|test)(?:\/[^\s<>…]*)?$/;

/** A name and its headings in quotes, with or without a parenthesis in front. */
const CITATION = /(\()?([\p{L}\w][\p{L}\w. =-]*),\s+("[^"]+"(?:(?:,|\s+and)\s+"[^"]+")*)/gu;
/** The number of a section, with the words in front of the comma before it. */
const SECTION = /(?:(RFC\s+\d+|[\p{L}\w.-]+(?:\s+[\p{L}\w.-]+)?),\s+)?\bsections?\s+\d[\d.]*/giu;

let count = 0;
const found = [];

function report(file, text, position, citation, problem) {
  const line = text.slice(0, position).split("\n").length;
  found.push(`${file}:${line}: ${oneLine(citation)}: ${problem}`);
}

function oneLine(text) {
  return text.replaceAll(/\s+/g, " ").trim();
}

/** A text of the same length and lines, with everything left out that is matched. */
function blanked(text) {
  return text.replaceAll(/[^\n]/g, " ");
}

// Markdown.

/** A Markdown text without its blocks of code. */
function withoutBlocks(text) {
  return text.replaceAll(/^(`{3,}).*\n[\s\S]*?^\1.*$/gm, blanked);
}

function headingsOf(file) {
  const text = withoutBlocks(readFileSync(join(root, file), "utf8"));
  return [...text.matchAll(/^#{1,6}\s+(.+)$/gm)].map(([, heading]) => heading.trim());
}

/** The anchors that GitHub gives to the headings of a file. */
function anchorsOf(file) {
  const anchors = new Set();
  for (const heading of headingsOf(file)) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = words.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(/\s/g, "-");
    let anchor = slug;
    for (let copy = 1; anchors.has(anchor); copy += 1) anchor = `${slug}-${copy}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The problem with a link of a file; undefined for one that leads somewhere, and for addresses. */
function linkProblem(file, target) {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return undefined;
  count += 1;
  const [path, anchor] = decodeURI(target).split("#");
  const cited = path === "" ? file : join(dirname(file), path);
  if (!existsSync(join(root, cited))) return "there is no such file";
  if (anchor === undefined || anchor === "" || !cited.endsWith(".md")) return undefined;
  return anchorsOf(cited).has(anchor) ? undefined : `${cited} has no such heading`;
}

/** Whether there is a file or folder of this path; `*` and `{a,b}` stand for parts of names. */
function exists(path) {
  let folders = [root];
  for (const name of path.split("/").filter((part) => part !== "")) {
    const source = name
      .replaceAll(/[.+()[\]]/g, "\\$&")
      .replaceAll("*", "[^/]*")
      .replaceAll(/\{([^}]*)\}/g, (_, names) => `(?:${names.replaceAll(",", "|")})`);
    const pattern = new RegExp(`^${source}$`);
    folders = folders.flatMap((folder) => entriesOf(folder, pattern));
  }
  return folders.length > 0;
}

function entriesOf(folder, pattern) {
  if (!statSync(folder).isDirectory()) return [];
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name));
}

function pathProblem(path) {
  if (!ROOTED_PATH.test(path) && !PACKAGE_PATH.test(path)) return undefined;
  const pattern = path.replace(/:\d+(-\d+)?$/, "");
  const folders = ROOTED_PATH.test(path) ? [pattern] : [`packages/${pattern}`, `apps/${pattern}`];
  count += 1;
  return folders.some(exists) ? undefined : "there is no such file or folder";
}

function checkMarkdown(file) {
  const text = withoutBlocks(readFileSync(join(root, file), "utf8"));
  for (const { 0: citation, 1: path, index } of text.matchAll(/`([^`\n]+)`/g)) {
    const problem = pathProblem(path);
    if (problem !== undefined) report(file, text, index, citation, problem);
  }
  const prose = text.replaceAll(/`[^`\n]+`/g, blanked);
  const links = /\]\(\s*<?([^\s)>]+)>?[^)]*\)|^\[[^\]]+\]:\s+(\S+)|\b(?:href|src)="([^"]+)"/gm;
  for (const { 0: citation, 1: inline, 2: named, 3: markup, index } of prose.matchAll(links)) {
    const problem = linkProblem(file, inline ?? named ?? markup);
    if (problem !== undefined) report(file, text, index, citation, problem);
  }
}

// Comments.

const documents = new Map(
  filesBelow(SPEC, /\.md$/).map((file) => [basename(file, ".md"), new Set(headingsOf(file))]),
);

/** The comments of a source at their places, without their marks, and blanks elsewhere. */
function onlyComments(text) {
  let prose = "";
  for (const comment of commentsOf(text)) {
    const words = comment.text.replaceAll(/^\/\*+|\*+\/$|^[ \t]*\*(?=\s)|^\/\/+/gm, blanked);
    prose += blanked(text.slice(prose.length, comment.pos)) + words;
  }
  return prose;
}

/** The problem with a citation; undefined for a good one, and for prose with a quotation. */
function citationProblem(parenthesis, words, quoted) {
  const name = parenthesis === undefined ? words.split(/\s/).at(-1) : oneLine(words);
  const headings = documents.get(name);
  if (headings === undefined)
    return parenthesis === undefined ? undefined : `${SPEC} has no document "${name}"`;
  count += 1;
  const missing = [...quoted.matchAll(/"([^"]+)"/g)]
    .map(([, heading]) => oneLine(heading))
    .filter((heading) => !headings.has(heading));
  if (missing.length === 0) return undefined;
  return `${SPEC}/${name}.md has no heading ${missing.map((heading) => `"${heading}"`).join(", ")}`;
}

function checkComments(file) {
  const text = readFileSync(join(root, file), "utf8");
  const prose = onlyComments(text);
  for (const { 0: citation, 1: parenthesis, 2: words, 3: quoted, index } of prose.matchAll(CITATION)) {
    const problem = citationProblem(parenthesis, words, quoted);
    if (problem !== undefined) report(file, text, index, citation, problem);
  }
  for (const { 0: citation, 1: source, index } of prose.matchAll(SECTION)) {
    if (source?.startsWith("RFC")) count += 1;
    else report(file, text, index, citation, "a number of a section; cite a heading");
  }
}

const sources = [
  ...workspaceFolders().flatMap((folder) =>
    (folder.startsWith("packages/") ? ["src", "test"] : ["src"]).flatMap((part) =>
      filesBelow(`${folder}/${part}`, SOURCE),
    ),
  ),
  ...filesBelow("scripts", SOURCE),
];
const markdown = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...filesBelow("docs", /\.md$/),
  ...workspaceFolders()
    .filter((folder) => folder.startsWith("packages/"))
    .map((folder) => `${folder}/README.md`)
    .filter((file) => existsSync(join(root, file))),
];

for (const file of sources) checkComments(file);
for (const file of markdown) checkMarkdown(file);
console.log(`${count} citations, ${sources.length} sources, ${markdown.length} Markdown files`);
for (const problem of found) console.error(`✗ ${problem}`);
process.exitCode = found.length === 0 ? 0 : 1;
