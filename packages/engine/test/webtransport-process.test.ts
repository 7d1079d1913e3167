import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Credentials, selfSignedCredentials } from "@skein/testkit";
import { build } from "tsup";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Answer, type Question, type Stage, STAGES, type State } from "./webtransport-process/terms.ts";

const PACKAGE = join(import.meta.dirname, "..");
const PROGRAMS = join(import.meta.dirname, "webtransport-process");

let folder: string;
let credentials: Credentials;
let running: ServerProcess | undefined;

/** The programs as they run by themselves, from sources. */
beforeAll(async () => {
  credentials = await selfSignedCredentials();
  // Inside the package, so that they find what the package has installed.
  folder = await mkdtemp(join(PACKAGE, "node_modules/.webtransport-process-"));
  await build({
    config: false,
    entry: [join(PROGRAMS, "server.ts"), join(PROGRAMS, "client.ts")],
    outDir: folder,
    outExtension: () => ({ js: ".mjs" }),
    format: "esm",
    target: "node20",
    noExternal: [/^@skein\//],
    external: ["@fails-components/webtransport"],
    splitting: false,
    silent: true,
    // For what is CommonJS among the dependencies.
    banner: {
      js: 'import { createRequire as from } from "node:module"; const require = from(import.meta.url);',
    },
    esbuildOptions: (options) => {
      options.conditions = ["skein-source"];
    },
  });
}, 60_000);

afterAll(async () => {
  running?.kill();
  await rm(folder, { recursive: true });
});

function start(program: string, ...args: readonly string[]): ChildProcess {
  // The library says on the console that its package for HTTP/3, with a native part, is missing.
  return fork(join(folder, program), args, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
}

/** A server with the real library, in a process that ends with the first uncaught error. */
class ServerProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;
  #complaints = "";

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    this.#ended = once(child, "exit").then(() => Promise.reject(new Error(this.#complaints)));
    this.#ended.catch(() => {});
    child.stderr?.on("data", (text: Buffer) => {
      this.#complaints += text.toString();
    });
  }

  /** The one that runs, unless it has ended. */
  static async running(): Promise<ServerProcess> {
    if (running === undefined || running.#child.exitCode !== null) running = await ServerProcess.#start();
    return running;
  }

  static async #start(): Promise<ServerProcess> {
    const child = start("server.mjs", credentials.key, credentials.cert);
    const [answer] = (await once(child, "message")) as [Answer];
    if (!("port" in answer)) throw new Error("the server did not tell its port");
    return new ServerProcess(child, answer.port);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Fails with what the process has said at its end if there is none any more. */
  async ask(question: Question): Promise<State> {
    if (this.#child.exitCode !== null) throw new Error(this.#complaints);
    this.#child.send(question);
    const [answer] = (await Promise.race([once(this.#child, "message"), this.#ended])) as [State];
    return answer;
  }

  /** Asks until there is nothing left of those who have come, but for so many sessions. */
  async untilLeft(sessions: number): Promise<State> {
    for (;;) {
      const state = await this.ask("state");
      // Each session has the alarm of its heartbeat.
      if (state.sessions === sessions && state.armed === sessions) return state;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** A client that has come as far as `stage`. */
async function clientAt(stage: Stage, { port }: ServerProcess): Promise<ChildProcess> {
  const child = start("client.mjs", String(port), credentials.cert, stage);
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "message");
  return child;
}

/** Returns the status that a client gets when the server has closed its session. */
async function closed(client: ChildProcess): Promise<unknown> {
  const [message] = (await once(client, "message")) as [unknown];
  return message;
}

/** Clients with an open session may keep it. */
const UNOPENED = STAGES.filter((stage) => !stage.startsWith("an open session"));

/** Others are served as if nothing had happened, and nothing is left of anybody. */
async function expectUnharmed(server: ServerProcess): Promise<void> {
  const client = await clientAt("an open session", server);
  expect((await server.untilLeft(1)).sessions).toBe(1);
  client.kill("SIGKILL");
  await server.untilLeft(0);
}

describe.each(STAGES)("a WebTransport client that has come as far as %s", (stage) => {
  it("and vanishes, leaves the server as it was", async () => {
    const server = await ServerProcess.running();
    const client = await clientAt(stage, server);
    client.kill("SIGKILL");
    await server.untilLeft(0);
    await expectUnharmed(server);
  }, 60_000);

  it("and meets the end of the engine, is closed, and ends nothing", async () => {
    const server = await ServerProcess.running();
    const client = await clientAt(stage, server);
    const end = closed(client);
    await server.ask("close");
    expect(await end).toMatch(/^closed/);
    await server.untilLeft(0);
    await expectUnharmed(server);
  }, 60_000);
});

it.each(UNOPENED)(
  "a WebTransport client that goes no further than %s is closed in time, and leaves nothing behind",
  async (stage) => {
    const server = await ServerProcess.running();
    const client = await clientAt(stage, server);
    expect(await closed(client)).toMatch(/^closed/);
    await server.untilLeft(0);
    await expectUnharmed(server);
  },
  60_000,
);
