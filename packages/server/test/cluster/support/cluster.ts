import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server as PublishedServer } from "socket.io";
import { io as connect, type Socket as ClientSocket } from "socket.io-client";
import { onTestFinished, vi } from "vitest";
import { Server, type Socket } from "../../../src/index.ts";
import type { Fabric, Membership } from "./fabric.ts";

/** Whose server a node runs. */
export type NodeKind = "skein" | "socket.io";

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
  readonly io: Server;
  readonly #url: string;
  readonly #membership: Membership;
  readonly #closeConnections: () => void;

  private constructor(io: Server, url: string, membership: Membership, closeConnections: () => void) {
    this.io = io;
    this.#url = url;
    this.#membership = membership;
    this.#closeConnections = closeConnections;
  }

  static async start(kind: NodeKind, fabric: Fabric): Promise<ClusterNode> {
    const membership = await fabric.join();
    const http = createServer();
    const io = kind === "skein" ? new Server(http) : (new PublishedServer(http) as unknown as Server);
    io.adapter(membership.adapter);
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    return new ClusterNode(io, url, membership, () => http.closeAllConnections());
  }

  /** A new client, gone on both sides when the test is over. */
  async peer(namespace = "/"): Promise<Peer> {
    const client = connect(`${this.#url}${namespace}`, { forceNew: true, reconnection: false });
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
    this.#closeConnections();
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
