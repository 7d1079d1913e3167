import type { Socket } from "@skein/server";
import connect from "socket.io-client-v2";
import { expect, onTestFinished, test } from "vitest";
import { inTime, once } from "../behaviour/waiting.ts";
import { manyClients, UwsServer } from "./support/party.ts";

type Client = ReturnType<typeof connect>;

function next(client: Client, event: string): Promise<unknown[]> {
  return inTime(
    new Promise((resolve) => {
      client.on(event, (...args: unknown[]) => resolve(args));
    }),
    event,
  );
}

function started(url: string, transports: readonly string[]): Client {
  const client = connect(url, { transports, forceNew: true, reconnection: false });
  onTestFinished(() => void client.disconnect());
  return client;
}

test.each([[["polling"]], [["websocket"]], [["polling", "websocket"]]])(
  "an official client of the second generation is served over %j: events, bytes, acknowledgements, namespaces, and what is published to others",
  async (transports) => {
    const party = await UwsServer.onUws();
    onTestFinished(() => party.close());
    const { io } = party;
    await party.guests(manyClients);
    io.on("connection", (socket: Socket) => {
      socket.on("echo", (data, ack: (data: unknown) => void) => ack(data));
    });
    const arrived = once(io, "connection");
    const client = started(party.origin, transports);
    const [socket] = (await arrived) as [Socket];
    if (transports.length > 1) await once(socket.conn, "upgrade");
    const echo = await new Promise((resolve) => {
      client.emit("echo", { bytes: Buffer.from([0, 255]), text: "é" }, resolve);
    });
    expect(echo).toEqual({ bytes: Buffer.from([0, 255]), text: "é" });
    const news = next(client, "news");
    io.emit("news", Buffer.from([1, 2]), "and text");
    expect(await news).toEqual([Buffer.from([1, 2]), "and text"]);
    expect(party.published.count).toBe(2);
    io.of("/other").on("connection", (other: Socket) => other.emit("hello", other.nsp.name));
    expect(await next(started(`${party.origin}/other`, transports), "hello")).toEqual(["/other"]);
    const gone = next(client, "disconnect");
    socket.disconnect();
    expect(await gone).toEqual(["io server disconnect"]);
  },
);
