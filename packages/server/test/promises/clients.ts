import { once } from "node:events";
import { WebSocket } from "ws";
import { TIMEOUT } from "./programs.ts";

/** A client that has been asked, on a connection of its own. */
interface Asked {
  /** Sends packets of the namespace: `43` and `1["x"]` make `43/namespace,1["x"]`. */
  send(...packets: readonly (readonly [head: string, tail?: string])[]): void;
  /** Resolves when the time has passed at the server. */
  later(milliseconds: number): Promise<void>;
  /** Resolves when the server has read what was sent. */
  read(): Promise<void>;
  /** Resolves when the client has joined once more. */
  joined(): Promise<void>;
  drop(): void;
  /** The id of the question. */
  readonly id: string;
}

/** What clients do when they are asked, by what it is. */
export const deeds: Readonly<Record<string, (client: Asked) => void | Promise<void>>> = {
  answers: ({ send, id }) => send(["43", `${id}["yes"]`]),
  "answers twice": ({ send, id }) => send(["43", `${id}["yes"]`], ["43", `${id}["no"]`]),
  "answers late": async ({ send, later, id }) => {
    await later(1.5 * TIMEOUT);
    send(["43", `${id}["late"]`]);
  },
  "answers nothing": ({ send, id }) => send(["43", id]),
  "answers with an empty list": ({ send, id }) => send(["43", `${id}[]`]),
  "answers with null": ({ send, id }) => send(["43", `${id}[null]`]),
  "answers with an object in place of a list": ({ send, id }) => send(["43", `${id}{"length":3}`]),
  "answers with what is no JSON": ({ send, id }) => send(["43", `${id}[`]),
  "answers with an attachment that never comes": ({ send, drop, id }) => {
    send(["461-", `${id}[{"_placeholder":true,"num":0}]`]);
    drop();
  },
  "answers what nobody asked": ({ send, id }) => send(["43", '99999["x"]'], ["43", `${id}["yes"]`]),
  "answers with an id that is no number": ({ send }) => send(["43", '1e3["x"]']),
  "answers by an event": ({ send, id }) => send(["42", `${id}["q","x"]`]),
  leaves: ({ send }) => send(["41"]),
  "leaves, comes back and answers": async ({ send, read, joined, id }) => {
    send(["41"]);
    // Both servers close a client that joins in the segment in which it leaves.
    await read();
    send(["40", '{"as":"came back"}']);
    await joined();
    send(["43", `${id}["late"]`]);
  },
  "answers, then drops": ({ send, drop, id }) => {
    send(["43", `${id}["yes"]`]);
    drop();
  },
  drops: ({ drop }) => drop(),
  "joins again": ({ send }) => send(["40", "{}"]),
  "sends what is no packet": ({ send }) => send(["4!"]),
  "says nothing": () => {},
};

/** A WebSocket whose messages wait until they are asked for. */
class Session {
  readonly socket: WebSocket;
  readonly #messages: string[] = [];
  #wake = (): void => {};

  constructor(port: number) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.#wake());
    this.socket.on("message", (data: Buffer) => {
      if (data.toString() === "2") return this.socket.send("3");
      this.#messages.push(data.toString());
      this.#wake();
    });
  }

  /** Resolves when the server has read what was sent, or the connection has ended. */
  async read(): Promise<void> {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.ping();
    await new Promise((resolve) => {
      this.socket.once("pong", resolve);
      this.socket.once("close", resolve);
    });
  }

  /** The next message that begins so; undefined when the connection has ended without one. */
  async next(start: string): Promise<string | undefined> {
    for (;;) {
      const message = this.#messages.shift();
      if (message?.startsWith(start)) return message;
      if (message === undefined && this.socket.readyState === WebSocket.CLOSED) return undefined;
      if (message === undefined)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

/**
 * Joins the namespace of a program, and performs an action on request. The connection is kept open
 * as long as possible.
 */
export async function client(port: number, program: string, deed: string): Promise<void> {
  const namespace = `/${encodeURIComponent(program)}`;
  const session = new Session(port);
  await once(session.socket, "open");
  session.socket.send(`40${namespace},${JSON.stringify({ as: deed })}`);
  const question = await session.next(`42${namespace},`);
  const [, id] = /,(\d+)\[/.exec(question ?? "") ?? [];
  if (id === undefined) throw new Error(`${program}: a client that ${deed} was not asked`);
  const send = (...packets: readonly (readonly [string, string?])[]): void => {
    for (const [head, tail = ""] of packets) session.socket.send(`${head}${namespace},${tail}`);
  };
  await deeds[deed]?.({
    id,
    send,
    later: async (milliseconds) => {
      send(["42", `["later",${milliseconds}]`]);
      await session.next(`42${namespace},["now"]`);
    },
    read: () => session.read(),
    joined: async () => void (await session.next(`40${namespace},`)),
    drop: () => session.socket.terminate(),
  });
}
