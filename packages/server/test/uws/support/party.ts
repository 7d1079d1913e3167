import { Server, type ServerOptions, type Socket } from "@skein/server";
import type { UwsHostOptions } from "@skein/uws-bridge";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inTime, once } from "../../behaviour/waiting.ts";
import { PollingWire } from "../../behaviour/wire/polling-wire.ts";
import { WebSocketWire } from "../../behaviour/wire/websocket-wire.ts";
import type { Packet, Wire } from "../../behaviour/wire/wire.ts";
import { counting, listen, newApp } from "./app.ts";

/**
 * Minimum number of receivers for publishing. Tests of publishing need that many, and check the
 * counter.
 */
export const CROWD = 10;

/** How a guest is connected. */
export type Manner = "websocket" | "upgraded" | "polling" | "older" | "base64";

/** The last packet of a guest's story: it is sent to the connection itself, past all namespaces. */
const END = "that's all";

/** A client with nothing of the official one in it, and its socket in the main namespace. */
export interface TestClient {
  readonly wire: Wire;
  readonly socket: Socket;
  /** Every packet so far, and no other ever again. */
  story(): Promise<string[]>;
}

function legible(packet: Packet): string {
  return typeof packet === "string" ? packet : `bytes ${packet.toString("hex")}`;
}

/** A server, on µWebSockets.js or on Node, and the guests who are connected to it. */
export class UwsServer {
  readonly io: Server;
  readonly origin: string;
  /** How often was published. */
  readonly published: { count: number };
  readonly #release: () => void;
  readonly #wires: Wire[] = [];

  private constructor(io: Server, origin: string, published: { count: number }, release: () => void) {
    this.io = io;
    this.origin = origin;
    this.published = published;
    this.#release = release;
  }

  static async onUws(options: ServerOptions & UwsHostOptions = {}): Promise<UwsServer> {
    const { app, published } = counting(newApp());
    const io = new Server({ allowEIO3: true, ...options });
    io.attachApp(app, options);
    return new UwsServer(io, await listen(app), published, () => app.close());
  }

  static async onNode(options: ServerOptions = {}): Promise<UwsServer> {
    const http = createServer();
    const io = new Server(http, { allowEIO3: true, ...options });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const { port } = http.address() as AddressInfo;
    const origin = `http://127.0.0.1:${port}`;
    return new UwsServer(io, origin, { count: 0 }, () => http.closeAllConnections());
  }

  /** Lets somebody in. */
  async guest(manner: Manner = "websocket"): Promise<TestClient> {
    const arrived = once(this.io, "connection");
    const wire = await this.#connect(manner);
    this.#wires.push(wire);
    if (manner !== "older") await wire.send("40");
    const [socket] = (await arrived) as [Socket];
    return { wire, socket, story: () => story(wire, socket) };
  }

  async guests(manners: readonly Manner[]): Promise<TestClient[]> {
    const guests: TestClient[] = [];
    for (const manner of manners) guests.push(await this.guest(manner));
    return guests;
  }

  async close(): Promise<void> {
    for (const wire of this.#wires) wire.drop();
    const closed = this.io.close();
    this.#release();
    await inTime(closed, "the server to close");
  }

  async #connect(manner: Manner): Promise<Wire> {
    switch (manner) {
      case "websocket":
        return WebSocketWire.start(this.origin);
      case "upgraded":
        return WebSocketWire.upgrade(this.origin);
      case "polling":
        return PollingWire.start(this.origin);
      case "base64":
        return WebSocketWire.start(this.origin, "&b64=1");
      case "older":
        return WebSocketWire.attempt(this.origin, "?EIO=3&transport=websocket");
    }
  }
}

async function story(wire: Wire, socket: Socket): Promise<string[]> {
  if (socket.conn.readyState !== "open") return (await wire.rest()).map(legible);
  socket.conn.send(END);
  const packets: string[] = [];
  for (let packet = await wire.next(); packet !== `4${END}`; packet = await wire.next()) {
    packets.push(legible(packet));
  }
  return packets;
}

/** As many plain guests as it takes for broadcasts to be published. */
export const manyClients: readonly Manner[] = Array.from({ length: CROWD }, () => "websocket");
