import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server as PublishedServer } from "socket.io";
import { io as connect, type Socket as ClientSocket } from "socket.io-client";
import { onTestFinished, vi } from "vitest";
import { Server, type Socket } from "../../../src/index.ts";
import { listen, newApp } from "../../uws/support/app.ts";
import type { Fabric, Membership } from "./fabric.ts";

/** Whose server a node runs, and on what. */
export type NodeKind = "skein" | "skein on µWebSockets.js" | "socket.io";

/** A server that listens, and how its connections are ended. */
interface Place {
  readonly io: Server;
  readonly origin: string;
  release(): void;
}

async function onNode(attach: (http: HttpServer) => Server): Promise<Place> {
  const http = createServer();
  const io = attach(http);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return { io, origin, release: () => http.closeAllConnections() };
}

async function onUws(): Promise<Place> {
  const app = newApp();
  const io = new Server();
  io.attachApp(app);
  return { io, origin: await listen(app), release: () => app.close() };
}

function placeOf(kind: NodeKind): Promise<Place> {
  switch (kind) {
    case "skein":
      return onNode((http) => new Server(http));
    case "skein on µWebSockets.js":
      return onUws();
    case "socket.io":
      return onNode((http) => new PublishedServer(http) as unknown as Server);
  }
}

/** A client and its socket on the node that it is connected to. */
export class Peer {
  readonly client: ClientSocket;
  readonly socket: Socket;
  readonly #received: unknown[][] = [];

  constructor(client: ClientSocket, socket: Socket) {
    this.client = client;
    this.socket = socket;
    client.onAny((...event: unknown[]) => this.#received.push(event));
  }

  get id(): string {
    return this.socket.id;
  }

  /** Arguments of the first event of this name, past or to come. */
  async hears(event: string): Promise<unknown[]> {
    await vi.waitUntil(() => this.heard(event) > 0, { timeout: 10_000, interval: 5 });
    return this.#received.find(([name]) => name === event)?.slice(1) ?? [];
  }

  /** How often an event has come so far. */
  heard(event: string): number {
    return this.#received.filter(([name]) => name === event).length;
  }
}

/** One server of a cluster, on a port of its own. */
export class ClusterNode {
  readonly #place: Place;
  readonly #membership: Membership;

  private constructor(place: Place, membership: Membership) {
    this.#place = place;
    this.#membership = membership;
  }

  static async start(kind: NodeKind, fabric: Fabric): Promise<ClusterNode> {
    const membership = await fabric.join();
    const place = await placeOf(kind);
    place.io.adapter(membership.adapter);
    return new ClusterNode(place, membership);
  }

  get io(): Server {
    return this.#place.io;
  }

  /** A new client, gone on both sides when the test is over. */
  async peer(namespace = "/"): Promise<Peer> {
    const client = connect(`${this.#place.origin}${namespace}`, { forceNew: true, reconnection: false });
    await new Promise<void>((resolve, reject) => {
      client.once("connect", resolve).once("connect_error", reject);
    });
    const socket = this.io.of(namespace).sockets.get(client.id ?? "");
    if (socket === undefined) throw new Error("no such socket");
    onTestFinished(async () => {
      const gone = socket.connected
        ? once(socket as unknown as NodeJS.EventEmitter, "disconnect")
        : undefined;
      client.disconnect();
      await gone;
    });
    return new Peer(client, socket);
  }

  async close(): Promise<void> {
    const closed = this.io.close();
    this.#place.release();
    await closed;
    await this.#membership.leave();
  }
}

/** Servers that know each other. */
export class Cluster {
  readonly nodes: ClusterNode[] = [];
  readonly fabric: Fabric;

  constructor(fabric: Fabric) {
    this.fabric = fabric;
  }

  /** Starts one more node; resolves when every node counts it. */
  async add(kind: NodeKind): Promise<ClusterNode> {
    const node = await ClusterNode.start(kind, this.fabric);
    this.nodes.push(node);
    await this.#counted();
    return node;
  }

  /** Ends one node; resolves when no other counts it any more. */
  async remove(node: ClusterNode): Promise<void> {
    this.nodes.splice(this.nodes.indexOf(node), 1);
    await node.close();
    await this.#counted();
  }

  /** One client on every node, in order. */
  peers(namespace = "/"): Promise<Peer[]> {
    return Promise.all(this.nodes.map((node) => node.peer(namespace)));
  }

  /** Makes sockets join, and resolves when the room can be reached from everywhere. */
  async join(room: string, ...peers: Peer[]): Promise<void> {
    for (const { socket } of peers) await socket.join(room);
    await this.settled(room);
  }

  async settled(room: string): Promise<void> {
    const present = this.nodes.filter(({ io }) => io.sockets.adapter.rooms.has(room));
    await this.fabric.settled(room, present.length);
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
    await this.fabric.close();
  }

  async #counted(): Promise<void> {
    const all = () => Promise.all(this.nodes.map(({ io }) => io.sockets.adapter.serverCount()));
    await vi.waitUntil(async () => (await all()).every((count) => count === this.nodes.length), {
      timeout: 15_000,
      interval: 20,
    });
  }
}
