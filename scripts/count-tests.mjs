/**
 * Sums up the vitest results of all packages in one line at the end of a log: `N passed, N failed`.
 * With `--failing`, for a failed run, a failure outside the tests counts as one.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, workspaceFolders } from "./lib/workspace.mjs";

let passed = 0;
let failed = 0;
for (const folder of workspaceFolders()) {
  const file = join(root, folder, ".vitest", "results.json");
  if (!existsSync(file)) continue;
  const results = JSON.parse(readFileSync(file, "utf8"));
  const broken = results.testResults.filter(isBroken).length;
  passed += results.numPassedTests;
  failed += results.numFailedTests + broken;
  const rest = results.numPendingTests + results.numTodoTests;
  console.log(
    `${folder}: ${results.numPassedTests} passed, ${results.numFailedTests + broken} failed, ${rest} skipped`,
  );
}
if (process.argv.includes("--failing") && failed === 0) failed = 1;
console.log(`\n${passed} passed, ${failed} failed`);

/** Whether a test file failed outside its tests: it could not be loaded, or a hook threw. */
function isBroken(file) {
  return file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed");
}
