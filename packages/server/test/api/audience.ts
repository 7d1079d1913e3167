import type { Socket as ClientSocket } from "socket.io-client";
import { Inbox } from "../behaviour/inbox.ts";
import { World } from "../support/world.ts";

/**
 * Receivers of broadcasts in the page's examples: the server, for its main namespace, or a
 * namespace.
 */
export const places = [
  ["the server", "/"],
  ["a namespace", "/harbour"],
] as const;

export type Rooms = Readonly<Record<string, readonly string[]>>;

/** Clients in rooms of one namespace, and the events that each receives. */
export class Audience {
  readonly world: World;
  readonly namespace: string;
  readonly clients = new Map<string, ClientSocket>();
  readonly #inboxes = new Map<string, Inbox>();

  private constructor(world: World, namespace: string) {
    this.world = world;
    this.namespace = namespace;
  }

  /** One client for each name, in the rooms listed for it. */
  static async of(namespace: string, rooms: Rooms): Promise<Audience> {
    const world = await World.start();
    world.io.of(namespace);
    const audience = new Audience(world, namespace);
    await Promise.all(Object.keys(rooms).map((name) => audience.#join(name)));
    for (const [name, joined] of Object.entries(rooms)) await audience.socket(name).join(joined);
    return audience;
  }

  /** The object that examples call: `io` for the server, `io.of(…)` for a namespace. */
  get place() {
    const { io } = this.world;
    return this.namespace === "/" ? io : io.of(this.namespace);
  }

  client(name: string): ClientSocket {
    const client = this.clients.get(name);
    if (client === undefined) throw new Error(`no client ${name}`);
    return client;
  }

  socket(name: string) {
    return this.world.socketOf(this.client(name), this.namespace);
  }

  /** Names of the clients that received events since they connected, with these events. */
  async heard(): Promise<Record<string, unknown[][]>> {
    this.place.emit("that was all");
    const heard: Record<string, unknown[][]> = {};
    for (const [name, inbox] of this.#inboxes) {
      const events = await inbox.before("that was all");
      if (events.length > 0) heard[name] = events;
    }
    return heard;
  }

  async #join(name: string): Promise<void> {
    // On WebSocket: on long-polling, what is volatile is lost whenever no poll is pending.
    const client = await this.world.client(this.namespace, { transports: ["websocket"] });
    this.clients.set(name, client);
    this.#inboxes.set(name, new Inbox(client));
  }
}

/** Names and rooms of sockets, to compare with. */
export function roomsOf(sockets: Iterable<{ id: string; rooms: Set<string> }>): string[][] {
  return [...sockets].map(({ id, rooms }) => [...rooms].filter((room) => room !== id).toSorted());
}
