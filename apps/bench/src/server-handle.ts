import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer, ImplementationName, Memory, Question, Usage } from "./protocol.ts";

/** A server in a process of its own, seen from the load's side. */
export class ServerHandle {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** `nodeBinary` runs the server; it need not be the Node.js that runs the load. */
  static async start(implementation: ImplementationName, nodeBinary: string): Promise<ServerHandle> {
    const entry = fileURLToPath(new URL("./server-process.js", import.meta.url));
    const child = fork(entry, [implementation], {
      execPath: nodeBinary,
      execArgv: ["--expose-gc"],
      stdio: "inherit",
    });
    const answer = await nextAnswer(child);
    if (!("ready" in answer)) throw new Error(`${implementation} did not start`);
    return new ServerHandle(child, answer.ready);
  }

  async usage(): Promise<Usage> {
    const answer = await this.#ask({ ask: "usage" });
    if (!("usage" in answer)) throw new Error("the server answered another question");
    return answer.usage;
  }

  async memory(): Promise<Memory> {
    const answer = await this.#ask({ ask: "memory" });
    if (!("memory" in answer)) throw new Error("the server answered another question");
    return answer.memory;
  }

  async place(perRoom: number): Promise<void> {
    await this.#ask({ ask: "place", perRoom });
  }

  broadcast(times: number, target: { room?: string; except?: string } = {}): void {
    this.#child.send({ ask: "broadcast", times, ...target } satisfies Question);
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.send({ ask: "stop" } satisfies Question);
    await exited;
  }

  async #ask(question: Question): Promise<Answer> {
    const answer = nextAnswer(this.#child);
    this.#child.send(question);
    return answer;
  }
}

async function nextAnswer(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: unknown) => {
      child.off("exit", onExit);
      resolve(answer as Answer);
    };
    const onExit = (code: number | null) => {
      child.off("message", onMessage);
      reject(new Error(`the server process ended with code ${String(code)}`));
    };
    child.once("message", onMessage);
    child.once("exit", onExit);
  });
}
