import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Task } from "./codec/task.ts";
import type { ImplementationName } from "./implementations.ts";
import { onCpu } from "./placement.ts";
import type { Answers, Memory, Question, Ready, Usage } from "./protocol.ts";

/**
 * Flags of the subjects. The young generation starts at its maximum size: when it grows depends on
 * chance, and a process with more collections than its peer has only grown later. `--expose-gc`
 * allows forced collections.
 */
const NODE_FLAGS = ["--expose-gc", "--min-semi-space-size=16", "--max-semi-space-size=16"];

/** Launch options of a subject's process. */
export interface Launch {
  /** Path of a Node.js binary, which may differ from the one that runs the load. */
  readonly node: string;
  /** The processor to which it is pinned, if any. */
  readonly cpu: number | undefined;
}

/** A subject in its own process, as seen by the load. */
export class RemoteSubject {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, { port }: Ready) {
    this.#child = child;
    this.port = port;
  }

  static async start(implementation: ImplementationName, { node, cpu }: Launch): Promise<RemoteSubject> {
    const entry = fileURLToPath(new URL("./subject.js", import.meta.url));
    const [command = node, ...args] = [...onCpu(cpu), node, ...NODE_FLAGS];
    const child = fork(entry, [implementation], { execPath: command, execArgv: args, stdio: "inherit" });
    return new RemoteSubject(child, (await nextMessage(child)) as Ready);
  }

  usage(): Promise<Usage> {
    return this.#ask<"usage">({ ask: "usage" });
  }

  memory(): Promise<Memory> {
    return this.#ask<"memory">({ ask: "memory" });
  }

  async place(perRoom: number): Promise<void> {
    await this.#ask<"place">({ ask: "place", perRoom });
  }

  code(task: Task, milliseconds: number): Promise<number> {
    return this.#ask<"code">({ ask: "code", task, milliseconds });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.send({ ask: "stop" } satisfies Question);
    await exited;
  }

  async #ask<Name extends keyof Answers>(question: Extract<Question, { ask: Name }>): Promise<Answers[Name]> {
    const answer = nextMessage(this.#child);
    this.#child.send(question);
    return (await answer) as Answers[Name];
  }
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      child.off("exit", onExit);
      resolve(message);
    };
    const onExit = (code: number | null) => {
      child.off("message", onMessage);
      reject(new Error(`the process under measurement ended with code ${String(code)}`));
    };
    child.once("message", onMessage);
    child.once("exit", onExit);
  });
}

/** The version of a Node.js binary; throws if it can't be run. */
export function versionOf(nodeBinary: string): string {
  return execFileSync(nodeBinary, ["--version"], { encoding: "utf8" }).trim();
}
