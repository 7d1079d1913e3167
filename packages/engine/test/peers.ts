import { request } from "node:http";
import type { Socket } from "node:net";
import type { Connection } from "@skein/engine";

/** The socket of an open WebSocket on which nothing is read until somebody does. */
export function openUnread(
  port: number,
  query = "",
  more: Readonly<Record<string, string>> = {},
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
      ...more,
    };
    const path = `/engine.io/?EIO=4&transport=websocket${query}`;
    const sent = request({ port, host: "127.0.0.1", path, headers });
    sent.once("upgrade", (_response, socket: Socket, head: Buffer) => {
      socket.on("error", () => {});
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    sent.once("error", reject);
    sent.end();
  });
}

/** Reads a socket one piece for each turn of the event loop, until it has read so many bytes. */
export function readSlowly(socket: Socket, bytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let rest = bytes;
    socket.on("close", () => reject(new Error(`closed with ${rest} bytes to come`)));
    socket.on("data", (chunk: Buffer) => {
      rest -= chunk.length;
      if (rest <= 0) return resolve();
      socket.pause();
      setImmediate(() => socket.resume());
    });
  });
}

/** The next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The arguments of a connection's next event of this name. */
export function told(connection: Connection, event: string): Promise<readonly unknown[]> {
  return new Promise((resolve) => connection.once(event, (...values: never[]) => resolve(values)));
}
