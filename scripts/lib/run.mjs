import { spawn } from "node:child_process";

/**
 * Runs a command; never throws: `code` is null if it was stopped, `output` is stdout and stderr.
 */
export function run(command, args, { timeout = 300_000, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let stdout = "";
    let output = "";
    const timer = setTimeout(() => child.kill("SIGKILL"), timeout);
    const finish = (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, output });
    };
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", (error) => {
      output += error.message;
      finish(null);
    });
    child.on("close", finish);
  });
}

/** Runs a command like `run`; throws an Error with the complete output if it fails. */
export async function runOrThrow(command, args, options) {
  const result = await run(command, args, options);
  if (result.code !== 0)
    throw new Error(`${command} ${args.join(" ")} failed (${result.code}):\n${result.output}`);
  return result;
}
