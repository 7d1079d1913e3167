import type { Socket } from "../../src/index.ts";
import { once, until } from "../behaviour/waiting.ts";
import type { RawClient, World } from "../support/world.ts";

export const options = { connectionStateRecovery: { skipMiddlewares: false } };

/** What a client needs to come back. */
export interface Life {
  readonly sid: string;
  readonly pid: string;
  readonly offset: string;
}

/** A middleware that waits until the test decides. */
export class Gate {
  readonly seen: Socket[] = [];
  readonly #waiting: ((refusal?: Error) => void)[] = [];

  constructor(world: World) {
    world.io.use((socket, next) => {
      this.seen.push(socket);
      this.#waiting.push(next);
    });
  }

  /** Resolves to the socket that the middleware was asked about as the `count`th. */
  async asked(count: number): Promise<Socket> {
    await until(() => this.seen.length >= count, `question ${count}`);
    const socket = this.seen[count - 1];
    if (socket === undefined) throw new Error("nobody was asked about");
    return socket;
  }

  decide(refusal?: Error): void {
    this.#waiting.shift()?.(refusal);
  }
}

export const dataOf = (message: string): unknown[] => JSON.parse(message.slice(2)) as unknown[];

/** Names of the events that come before the CONNECT reply, and the socket id in that reply. */
export async function arrival(raw: RawClient): Promise<{ events: unknown[]; sid: string }> {
  const events: unknown[] = [];
  for (;;) {
    const message = await raw.next();
    if (message.startsWith("40")) return { events, sid: (JSON.parse(message.slice(2)) as Life).sid };
    events.push(dataOf(message)[0]);
  }
}

/** A client that has had one event in the room `room`, and lost its connection. */
export async function interrupted(world: World): Promise<Life> {
  const raw = await world.raw();
  raw.send("40");
  const { sid, pid } = JSON.parse((await raw.next()).slice(2)) as Life;
  const socket = world.io.sockets.sockets.get(sid);
  if (socket === undefined) throw new Error("no socket");
  await socket.join("room");
  socket.data = { name: "ada" };
  world.io.emit("seen");
  const offset = String(dataOf(await raw.next()).at(-1));
  const gone = once(socket, "disconnect");
  raw.socket.terminate();
  await gone;
  return { sid, pid, offset };
}

export async function comeBack(world: World, { pid, offset }: Life): Promise<RawClient> {
  const raw = await world.raw();
  raw.send(`40${JSON.stringify({ pid, offset })}`);
  return raw;
}
