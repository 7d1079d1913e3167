import { X509Certificate } from "node:crypto";
import { Server, type WebTransportSession } from "@skein/engine";
import { Arrivals, selfSignedCredentials } from "@skein/testkit";
import { Socket } from "engine.io-client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { quiet } from "./quiet-stream.ts";
import { Client } from "./running-engine.ts";

/**
 * Flow-control windows. Node 20 can't announce them, so both ends use the same: more than the
 * largest message, because this version of the library does not widen a window in time.
 */
const WINDOWS = { initialStreamFlowControlWindow: 30_000_000, initialSessionFlowControlWindow: 30_000_000 };

/**
 * Loads the library, which logs that its package for HTTP/3, with a native part, is missing; it is
 * not needed.
 */
async function loadLibrary() {
  const silenced = [vi.spyOn(console, "error"), vi.spyOn(console, "log")];
  for (const spy of silenced) spy.mockImplementation(() => {});
  const library = await import("@fails-components/webtransport");
  await library.quicheLoaded;
  await new Promise((resolve) => setTimeout(resolve));
  for (const spy of silenced) spy.mockRestore();
  return library;
}

type Library = Awaited<ReturnType<typeof loadLibrary>>;

let library: Library;
let http2: InstanceType<Library["Http2Server"]>;
let engine: Server;
let sessionOptions: object;
const clients = new Arrivals<Client>();

async function handOver(): Promise<void> {
  const sessions = http2.sessionStream("/engine.io/") as unknown as AsyncIterable<WebTransportSession>;
  for await (const session of sessions) engine.onWebTransportSession(session);
}

beforeAll(async () => {
  library = await loadLibrary();
  vi.stubGlobal(
    "WebTransport",
    class extends library.WebTransport {
      override async createBidirectionalStream() {
        const stream = await super.createBidirectionalStream();
        return { ...stream, writable: quiet(stream.writable) as typeof stream.writable };
      }
    },
  );
  const { key, cert } = await selfSignedCredentials();
  engine = new Server({ transports: ["webtransport"], maxHttpBufferSize: 20_000_000 });
  engine.on("connection", (connection) => clients.push(new Client(connection, true)));
  http2 = new library.Http2Server({
    port: 0,
    host: "127.0.0.1",
    secret: "a secret",
    cert,
    privKey: key,
    ...WINDOWS,
  });
  http2.startServer();
  await http2.ready;
  void handOver();
  const value = Buffer.from(new X509Certificate(cert).fingerprint256.replaceAll(":", ""), "hex");
  const serverCertificateHashes = [{ algorithm: "sha-256", value }];
  sessionOptions = { forceReliable: true, serverCertificateHashes, ...WINDOWS };
});

afterAll(() => {
  engine.close();
  http2.stopServer();
  vi.unstubAllGlobals();
});

async function connect(): Promise<{ socket: Socket; client: Client }> {
  const options = { transports: ["webtransport"], transportOptions: { webtransport: sessionOptions } };
  const socket = new Socket(`https://127.0.0.1:${http2.port}`, options);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve, reject) => {
    socket.once("open", () => resolve(undefined));
    socket.once("error", reject);
  });
  return { socket, client: await clients.next() };
}

async function echoOf(socket: Socket, data: string | Uint8Array): Promise<string | Buffer> {
  const answer = new Promise<string | ArrayBuffer>((resolve) => socket.once("message", resolve));
  socket.send(data);
  const got = await answer;
  return typeof got === "string" ? got : Buffer.from(got);
}

describe("the official client on WebTransport over HTTP/2", () => {
  it("opens a session, and lives through heartbeats", async () => {
    engine.opts.pingInterval = 20;
    const { socket, client } = await connect();
    engine.opts.pingInterval = 25_000;
    expect(client.connection.transport.name).toBe("webtransport");
    for (let count = 0; count < 2; count += 1)
      await new Promise((resolve) => client.connection.once("heartbeat", () => resolve(undefined)));
    socket.close();
    expect((await client.ended).reason).toBe("transport close");
  });

  it.each([1, 125, 126, 65_535, 65_536, 1_000_000, 10_000_000])(
    "gets back text and bytes of %i bytes",
    async (size) => {
      const { socket } = await connect();
      const text = "0123456789".repeat(Math.ceil(size / 10)).slice(0, size);
      expect((await echoOf(socket, text)) === text).toBe(true);
      const bytes = Buffer.from(text);
      expect(bytes.equals((await echoOf(socket, bytes)) as Buffer)).toBe(true);
      socket.close();
    },
    30_000,
  );

  it("closes with the reason that it always had when the server ends the session", async () => {
    const { socket, client } = await connect();
    const closed = new Promise<string>((resolve) => socket.once("close", resolve));
    client.connection.close();
    expect(await closed).toBe("transport close");
  });

  it("gets all that was sent before the engine is closed in the same turn", async () => {
    const { socket, client } = await connect();
    const sizes: number[] = [];
    socket.on("message", (data: string) => sizes.push(data.length));
    const closed = new Promise<string>((resolve) => socket.once("close", resolve));
    for (let size = 1; size <= 1_000_000; size *= 10) client.connection.send("x".repeat(size));
    engine.close();
    expect((await client.ended).reason).toBe("forced close");
    expect(await closed).toBe("transport close");
    expect(sizes).toEqual([1, 10, 100, 1000, 10_000, 100_000, 1_000_000]);
  });
});

describe("a session over HTTP/2", () => {
  it("is told why it is closed", async () => {
    const session = new library.WebTransport(`https://127.0.0.1:${http2.port}/engine.io/`, sessionOptions);
    await session.ready;
    const stream = await session.createBidirectionalStream();
    const writer = stream.writable.getWriter();
    writer.write(Uint8Array.of(2, 0x34, 0x78)).catch(() => {});
    expect(await session.closed).toEqual({ closeCode: 1002, reason: "invalid opening packet" });
  });
});
