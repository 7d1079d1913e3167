import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect as connectTcp, type Socket } from "node:net";
import { Server as Reference } from "socket.io";
import { io as connect } from "socket.io-client";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { Server } from "../../src/index.ts";
import { listen, newApp } from "../uws/support/app.ts";

/** What the table gives a server, valid or not. */
export type AnyOptions = Readonly<Record<string, unknown>>;

/** What both servers have and the profile uses. */
type AnyServer = Pick<Server, "path" | "serveClient" | "connectTimeout" | "on" | "of" | "close">;

/** A server that runs, with what clients see of it. */
export interface Running {
  readonly io: AnyServer;
  readonly origin: string;
}

const BIG = "x".repeat(5000);

/** `release`: ends what keeps the server from closing. */
function serve(io: AnyServer, origin: string, release: () => void): Running {
  io.on("connection", (socket) => {
    socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
    socket.emit("big", BIG);
  });
  onTestFinished(async () => {
    release();
    await io.close();
  });
  return { io, origin };
}

async function onHttp(make: (http: HttpServer) => AnyServer): Promise<Running> {
  const http = createServer((_request, response) => {
    response.writeHead(404).end();
  });
  const sockets = new Set<Socket>();
  http.on("connection", (socket: Socket) => sockets.add(socket));
  const io = make(http);
  await once(http.listen(0, "127.0.0.1"), "listening");
  const { port } = http.address() as AddressInfo;
  return serve(io, `http://127.0.0.1:${port}`, () => {
    for (const socket of sockets) socket.destroy();
  });
}

/** The published server. */
export function reference(options: AnyOptions): Promise<Running> {
  return onHttp((http) => new Reference(http, { ...options }) as unknown as AnyServer);
}

/** Skein on `node:http`. */
export function skein(options: AnyOptions): Promise<Running> {
  return onHttp((http) => new Server(http, options));
}

/** Skein on µWebSockets.js. */
export async function skeinOnUws(options: AnyOptions): Promise<Running> {
  const app = newApp();
  app.any("/*", (response) => void response.writeStatus("404 Not Found").end());
  const io = new Server(options);
  io.attachApp(app);
  return serve(io, await listen(app), () => app.close());
}

async function handshake(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { headers: { origin: "http://other.example" } });
  const body = await response.text();
  const shown = {
    status: response.status,
    origin: response.headers.get("access-control-allow-origin"),
    cookie: response.headers.get("set-cookie")?.replace(/=[\w-]{20}/, "=ID"),
  };
  if (response.status !== 200) return shown;
  const packets = body.split("\u001E");
  const open = JSON.parse((packets[0] ?? "").slice(1)) as Record<string, unknown>;
  // A falsy time is the same as 0 to clients, which add it to another.
  const times = ["pingInterval", "pingTimeout", "maxPayload"].map((name) => Number(open[name]));
  return { ...shown, sid: open["sid"], upgrades: open["upgrades"], times, more: packets.slice(1) };
}

/**
 * A manual long-polling session: the reply to a join, and whether a long response is compressed.
 */
async function polling(origin: string, base: string): Promise<Record<string, unknown>> {
  const { sid, ...opened } = await handshake(base);
  if (sid === undefined) return opened;
  const url = `${base}&sid=${sid as string}`;
  const posted = await fetch(url, { method: "POST", body: "40" });
  if (posted.status !== 200) return { ...opened, posted: posted.status };
  let joined = "";
  let coding: string | null = null;
  for (let polls = 0; polls < 20 && !joined.includes(BIG); polls++) {
    const response = await fetch(url, { headers: { "accept-encoding": "gzip" } });
    coding = response.headers.get("content-encoding");
    joined += await response.text();
  }
  const files = await fetch(`${origin}/socket.io/socket.io.js`);
  await files.arrayBuffer();
  return { ...opened, recovers: joined.includes('"pid"'), coding, files: files.status === 200 };
}

async function webSocket(url: string): Promise<string> {
  const socket = new WebSocket(url.replace("http", "ws"));
  return new Promise((resolve) => {
    socket.on("open", () => {
      resolve(`open ${socket.extensions}`);
      socket.terminate();
    });
    socket.on("error", () => resolve("refused"));
  });
}

async function officialClient(origin: string, transport: string): Promise<string> {
  const client = connect(origin, { transports: [transport], reconnection: false, forceNew: true });
  try {
    return await new Promise((resolve) => {
      client.on("connect_error", () => resolve("refused"));
      client.on("disconnect", (reason) => resolve(reason));
      client.timeout(1000).emit("echo", "hello", (error: Error | null, value: string) => {
        resolve(error === null ? value : "no answer");
      });
    });
  } finally {
    client.close();
  }
}

/** Whether an upgrade that no server accepts is ended within two seconds. */
export async function endsForeignUpgrades({ origin }: Running): Promise<boolean> {
  const socket = connectTcp(Number(new URL(origin).port), "127.0.0.1");
  socket.on("error", () => {});
  socket.write("GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  const ended = new Promise<boolean>((resolve) => {
    socket.on("close", () => resolve(true));
    setTimeout(resolve, 2000, false);
  });
  socket.resume();
  try {
    return await ended;
  } finally {
    socket.destroy();
  }
}

/** How many times a namespace that a pattern makes is made for two clients, one after the other. */
export async function makings({ io, origin }: Running): Promise<number> {
  let made = 0;
  io.of(/^\/made$/);
  io.on("new_namespace", () => {
    made += 1;
  });
  for (let visits = 0; visits < 2; visits++) {
    const client = connect(`${origin}/made`, { transports: ["websocket"], forceNew: true });
    await new Promise<void>((resolve) => {
      client.on("connect", resolve);
    });
    client.close();
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  return made;
}

/** What clients can tell of a server, and what it says of itself. */
export async function profileOf({ io, origin }: Running): Promise<Record<string, unknown>> {
  const base = `${origin}/socket.io/?EIO=4&transport=polling`;
  const webSockets = `${origin}/socket.io/?EIO=4&transport=websocket`;
  return {
    path: io.path(),
    serveClient: io.serveClient(),
    connectTimeout: io.connectTimeout(),
    polling: await polling(origin, base),
    withoutSlash: (await handshake(base.replace("/?", "?")))["status"],
    revision3: (await handshake(base.replace("EIO=4", "EIO=3")).catch(() => ({ status: 200 })))["status"],
    webSocket: await webSocket(webSockets),
    clients: await Promise.all(["polling", "websocket"].map((name) => officialClient(origin, name))),
  };
}
