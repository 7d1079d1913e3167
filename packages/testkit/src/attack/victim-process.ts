import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { io, type Socket as Client } from "socket.io-client";
import type { VictimOptions, VictimReport, WebTransportAddress } from "./messages.ts";

const PROGRAM = fileURLToPath(new URL("victim.js", import.meta.url));

/** Milliseconds within which a healthy server responds, even on a busy machine. */
const TIMEOUT_MS = 30_000;

/** Resolves once an official client has emitted this event. */
export function heard(client: Client, event: string): Promise<void> {
  return new Promise((resolve) => void client.once(event, () => resolve()));
}

type Memory = Extract<VictimReport, { kind: "memory" }>;

/** The process of the attacked server, as seen by the attacker. */
export class VictimProcess {
  readonly port: number;
  readonly webTransport: WebTransportAddress | undefined;
  readonly #child: ChildProcess;
  readonly #bystander: Client;
  readonly #written = new EventEmitter();
  #log = "";

  private constructor(child: ChildProcess, port: number, webTransport: WebTransportAddress | undefined) {
    this.#child = child;
    this.port = port;
    this.webTransport = webTransport;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#log += text;
      this.#written.emit("text");
    });
    this.#bystander = this.client();
  }

  /**
   * Starts the server and a bystander, a client that takes no part in the attack. The heap is
   * limited to 256 MB, as on small machines.
   */
  static async start(options: VictimOptions): Promise<VictimProcess> {
    const child = fork(PROGRAM, [JSON.stringify(options)], {
      // A small young generation: its growth is garbage, and would count as memory held.
      execArgv: ["--expose-gc", "--max-old-space-size=256", "--max-semi-space-size=2"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const [ready] = (await once(child, "message")) as [VictimReport];
    if (ready.kind !== "ready") throw new Error("the server reported before it was ready");
    const victim = new VictimProcess(child, ready.port, ready.webTransport);
    await heard(victim.#bystander, "connect");
    return victim;
  }

  /** Output on stderr. */
  get log(): string {
    return this.#log;
  }

  client(): Client {
    return io(`http://127.0.0.1:${this.port}`, {
      forceNew: true,
      reconnection: false,
      transports: ["websocket"],
    });
  }

  /** Opens a plain TCP connection. */
  tcp(): Socket {
    return connect(this.port, "127.0.0.1").on("error", () => {});
  }

  /** Memory after a garbage collection, and the number of clients. */
  async memory(): Promise<Memory> {
    const answer = once(this.#child, "message") as Promise<[Memory]>;
    this.#child.send("memory");
    return (await answer)[0];
  }

  /** How the process ended; undefined while it runs. */
  get end(): string | undefined {
    const { exitCode, signalCode } = this.#child;
    return exitCode === null && signalCode === null ? undefined : `exit ${signalCode ?? exitCode}`;
  }

  /** Fails unless the bystander was served all along, and a new client is served too. */
  async checkServes(): Promise<void> {
    if (!this.#bystander.connected) throw new Error("a client that did nothing was cut off");
    const newcomer = this.client();
    for (const client of [this.#bystander, newcomer]) await this.#echo(client);
    newcomer.disconnect();
  }

  /** Resolves once the server has written `text` on stderr. */
  async logged(text: string): Promise<void> {
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    while (!this.#log.includes(text)) await once(this.#written, "text", { signal: deadline });
  }

  async stop(): Promise<void> {
    this.#bystander.disconnect();
    if (this.end !== undefined) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  async #echo(client: Client): Promise<void> {
    const value: unknown = await client.timeout(TIMEOUT_MS).emitWithAck("echo", "still there?");
    if (value !== "still there?") throw new Error("a client was answered with something else");
  }
}
