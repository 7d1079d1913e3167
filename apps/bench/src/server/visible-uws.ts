import { randomFillSync } from "node:crypto";
import { EventEmitter } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import type { HttpRequest, HttpResponse } from "uWebSockets.js";
import type { Subject } from "../subject.ts";
import { subjectServer } from "./subject-server.ts";
import { openPacket } from "./texts.ts";
import { listenUws } from "./uws.ts";

const EVENTS = ["e", "a", "join", "leave", "shout"];
const ID_BYTES = 15;

interface Connection {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  readonly address: string;
  socket?: EventEmitter;
}

const text = new TextDecoder();
const randomness = Buffer.alloc(128 * ID_BYTES);
let drawn = randomness.length;

function randomId(): string {
  if (drawn === randomness.length) {
    randomFillSync(randomness);
    drawn = 0;
  }
  drawn += ID_BYTES;
  return randomness.toString("base64url", drawn - ID_BYTES, drawn);
}

/** Copies the data of a request that an application may read after the handler has returned. */
function connectionOf(res: HttpResponse, req: HttpRequest): Connection {
  const headers: IncomingHttpHeaders = {};
  req.forEach((name, value) => {
    headers[name] = value;
  });
  const url = `${req.getUrl()}?${req.getQuery()}`;
  return { id: randomId(), headers, url, address: text.decode(res.getRemoteAddressAsText()) };
}

/** A socket with the same listeners as in the application of the other servers. */
function socketOf(): EventEmitter {
  const socket = new EventEmitter();
  for (const event of EVENTS) socket.on(event, () => socket);
  return socket;
}

/**
 * The minimal server that shows an application its connections: the request, and a socket for
 * listeners, created on the tick after its namespace is requested and announced at the end of the
 * turn. It has no engine, heartbeat, rooms or checks.
 */
export async function visibleUws(): Promise<Subject> {
  const connections = new Map<string, Connection>();
  const port = await listenUws((app) => {
    app.ws<Connection>("/*", {
      upgrade(res, req, context) {
        const connection = connectionOf(res, req);
        const key = String(connection.headers["sec-websocket-key"]);
        res.upgrade(connection, key, "", "", context);
      },
      open(webSocket) {
        const connection = webSocket.getUserData();
        connections.set(connection.id, connection);
        webSocket.send(openPacket(connection.id));
      },
      message(webSocket, message) {
        if (text.decode(message) !== "40") return;
        process.nextTick(() => {
          webSocket.getUserData().socket = socketOf();
          setImmediate(() => webSocket.send(`40{"sid":"${randomId()}"}`));
        });
      },
      close(webSocket) {
        const connection = webSocket.getUserData();
        connections.delete(connection.id);
        connection.socket?.emit("disconnect", "transport close");
      },
    });
  });
  return subjectServer(port, () => {});
}
