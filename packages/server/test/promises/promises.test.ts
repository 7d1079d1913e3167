import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "tsup";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { client, deeds } from "./clients.ts";
import { programs } from "./programs.ts";

const PACKAGE = join(import.meta.dirname, "../..");

/** How many programs have clients at the same time. */
const AT_ONCE = 6;

/** How the process of all programs ended, and what each program said. */
interface Run {
  readonly code: number | null;
  readonly errors: string;
  readonly said: ReadonlyMap<string, readonly string[]>;
}

let folder = "";

beforeAll(async () => {
  // Inside the package, so that it finds what the package has installed.
  folder = await mkdtemp(join(PACKAGE, "node_modules/.promises-"));
  await build({
    config: false,
    entry: [join(import.meta.dirname, "process.ts")],
    outDir: folder,
    format: "esm",
    target: "node20",
    noExternal: [/^@skein\//],
    external: ["socket.io", "uWebSockets.js"],
    silent: true,
    // For what is CommonJS among the dependencies.
    banner: {
      js: 'import { createRequire as from } from "node:module"; const require = from(import.meta.url);',
    },
    esbuildOptions: (options) => {
      options.conditions = ["skein-source"];
    },
  });
});

afterAll(() => rm(folder, { recursive: true }));

async function collected(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk.toString();
  return text;
}

/** Has every program meet a client of every kind, a few programs at a time. */
async function meetAll(port: number, child: ChildProcess): Promise<void> {
  const names = Object.keys(programs);
  for (let first = 0; first < names.length; first += AT_ONCE) {
    const some = names.slice(first, first + AT_ONCE);
    await Promise.all(
      some.flatMap((program) => Object.keys(deeds).map((deed) => client(port, program, deed))),
    );
  }
  child.stdin?.write("end");
}

async function run(server: string): Promise<Run> {
  const child = spawn(process.execPath, [join(folder, "process.js"), server]);
  const ended = new Promise<number | null>((resolve) => {
    child.once("exit", resolve);
  });
  const errors = collected(child.stderr);
  const said = new Map<string, string[]>();
  let met: Promise<unknown> = Promise.resolve();
  for await (const line of createInterface({ input: child.stdout })) {
    const [kind, ...rest] = line.split(" ");
    // The death of a process is reported by its exit code.
    if (kind === "listening") met = meetAll(Number(rest[0]), child).catch(() => child.kill());
    if (kind !== "said") continue;
    const [program, deed, what] = JSON.parse(rest.join(" ")) as [string, string, string];
    said.set(program, [...(said.get(program) ?? []), `a client that ${deed}: ${what}`].toSorted());
  }
  await met;
  return { code: await ended, errors: await errors, said };
}

const NOT_RUN: Run = { code: null, errors: "", said: new Map() };

let reference = NOT_RUN;

beforeAll(async () => {
  reference = await run("socket.io");
}, 120_000);

test("every program goes on with socket.io, whatever its clients do", () => {
  expect(reference).toMatchObject({ code: 0, errors: expect.not.stringContaining("Error") });
});

describe.each(["Skein on Node", "Skein on µWebSockets.js"])(
  "nothing that a client does, on %s,",
  (server) => {
    let ours = NOT_RUN;

    beforeAll(async () => {
      ours = await run(server);
    }, 120_000);

    test("ends a process that goes on with socket.io", () => {
      expect(ours).toMatchObject({ code: 0, errors: "" });
    });

    test.each(Object.keys(programs))(
      "is told otherwise than by socket.io to a program that %s",
      (program) => {
        expect(ours.said.get(program)).toEqual(reference.said.get(program));
      },
    );
  },
);
