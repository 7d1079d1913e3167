import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type Socket } from "@skein/server";
import { io as connect, type Socket as Client } from "socket.io-client";
import { expect, onTestFinished, test } from "vitest";
import { inTime, once } from "../behaviour/waiting.ts";
import { type App, counting, listen, newApp, newSecureApp } from "./support/app.ts";
import { CROWD } from "./support/party.ts";

/** An official client that has connected over WebSocket. */
async function connected(origin: string): Promise<Client> {
  const client = connect(origin, { transports: ["websocket"], forceNew: true, reconnection: false });
  onTestFinished(() => void client.disconnect());
  await once(client, "connect");
  return client;
}

function closedAfterwards(io: Server, ...apps: App[]): void {
  onTestFinished(async () => {
    const closed = io.close();
    for (const app of apps) app.close();
    await closed;
  });
}

async function crowdAt(origin: string): Promise<Client[]> {
  const crowd: Client[] = [];
  while (crowd.length < CROWD) crowd.push(await connected(origin));
  return crowd;
}

/** What each client has been told when an answer to a question that was asked now has come. */
async function told(clients: readonly Client[], event: string): Promise<() => Promise<unknown[][]>> {
  const all = clients.map((client) => {
    const heard: unknown[] = [];
    client.on(event, (value: unknown) => heard.push(value));
    return heard;
  });
  return async () => {
    await inTime(
      Promise.all(clients.map((client) => client.emitWithAck("up to date?"))),
      "everybody to answer",
    );
    return all;
  };
}

function answering(io: Server): void {
  io.on("connection", (socket: Socket) => socket.on("up to date?", (ack: () => void) => ack()));
}

test.each([[["polling"]], [["websocket"]], [["polling", "websocket"]]])(
  "an SSLApp serves official clients over %j, and their handshakes are secure",
  async (transports) => {
    const app = await newSecureApp();
    const io = new Server();
    io.attachApp(app);
    closedAfterwards(io, app);
    io.on("connection", (socket: Socket) => {
      const { secure, address } = socket.handshake;
      socket.emit("handshake", secure, address);
      socket.on("echo", (data, ack: (data: unknown) => void) => ack(data));
    });
    const origin = (await listen(app)).replace("http:", "https:");
    const client = connect(origin, {
      transports,
      forceNew: true,
      reconnection: false,
      rejectUnauthorized: false,
    });
    onTestFinished(() => void client.disconnect());
    const upgraded = transports.length > 1 ? once(client.io.engine, "upgrade") : undefined;
    expect(await once(client, "handshake")).toEqual([true, "127.0.0.1"]);
    await upgraded;
    expect(await client.emitWithAck("echo", Buffer.from([1]))).toEqual(Buffer.from([1]));
  },
);

test("one server on two apps and an HTTP server is one audience: each broadcast comes once, published on both apps", async () => {
  const apps = [counting(newApp()), counting(newApp())];
  const io = new Server();
  const http = createServer();
  io.attach(http);
  for (const { app } of apps) io.attachApp(app);
  closedAfterwards(io, ...apps.map(({ app }) => app));
  answering(io);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const onHttp = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const origins = [onHttp, ...(await Promise.all(apps.map(({ app }) => listen(app))))];
  const everybody = (await Promise.all(origins.map(crowdAt))).flat();
  io.socketsJoin("room");
  const news = await told(everybody, "news");
  io.emit("news", 1);
  io.to("room").emit("news", 2);
  io.except(everybody[0]?.id ?? "").emit("news", 3);
  const [first, ...others] = await news();
  expect(first).toEqual([1, 2]);
  for (const each of others) expect(each).toEqual([1, 2, 3]);
  expect(apps.map(({ published }) => published.count)).toEqual([2, 2]);
});

test("two servers on two apps in one process share nothing, and close one by one", async () => {
  const apps = [newApp(), newApp()] as const;
  const [one, two] = [new Server(), new Server()];
  one.attachApp(apps[0]);
  two.attachApp(apps[1]);
  onTestFinished(() => apps[0].close());
  closedAfterwards(two, apps[1]);
  for (const io of [one, two]) answering(io);
  const [ones, twos] = [await crowdAt(await listen(apps[0])), await crowdAt(await listen(apps[1]))];
  const [heardByOnes, heardByTwos] = [await told(ones, "news"), await told(twos, "news")];
  one.emit("news", "one");
  two.emit("news", "two");
  for (const each of await heardByOnes()) expect(each).toEqual(["one"]);
  const gone = ones.map((client) => once(client, "disconnect"));
  await one.close();
  await Promise.all(gone);
  two.emit("news", "still here");
  for (const each of await heardByTwos()) expect(each).toEqual(["two", "still here"]);
});
