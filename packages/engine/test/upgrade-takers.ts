import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Duplex } from "node:stream";
import { FakeClock } from "@skein/testkit";
import { Server as PublishedEngine } from "engine.io";
import { WebSocketServer } from "ws";
import { Server } from "@skein/engine";

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: mine\r\nConnection: Upgrade\r\n\r\n";

/** The path of the upgrades that are not the engine's. */
export const FOREIGN = "/foreign";

/** A program beside the engine that takes upgrades of a path of its own. */
export interface Taker {
  readonly title: string;
  /** Adds itself to the server. Returns what makes it answer, where it does not answer at once. */
  install(server: HttpServer): (() => void) | undefined;
  /**
   * `tunnel` echoes bytes; `websocket`: neither side sends first; `engine`: an open packet comes
   * first.
   */
  readonly speaks: "tunnel" | "websocket" | "engine";
}

function tunnel(socket: Duplex): void {
  socket.write(SWITCH);
  socket.on("data", (bytes: Buffer) => socket.write(bytes));
}

/** A listener that takes the upgrades of the path by a raw 101. */
function rawTaker(title: string, take: (socket: Duplex) => void): Taker {
  return {
    title,
    speaks: "tunnel",
    install: (server) => {
      server.on("upgrade", ({ url }: IncomingMessage, socket: Duplex) => {
        if (url?.startsWith(FOREIGN)) take(socket);
      });
      return undefined;
    },
  };
}

/** A listener that keeps the socket without using it until instructed to. */
function holder(title: string, add: (server: HttpServer, listener: UpgradeListener) => void): Taker {
  return {
    title,
    speaks: "tunnel",
    install: (server) => {
      const held: Duplex[] = [];
      add(server, ({ url }, socket) => {
        if (url?.startsWith(FOREIGN)) held.push(socket);
      });
      return () => {
        for (const socket of held) tunnel(socket);
      };
    },
  };
}

export const takers: readonly Taker[] = [
  rawTaker("a tunnel that answers at once", tunnel),
  rawTaker("a tunnel that answers after a microtask", (socket) => queueMicrotask(() => tunnel(socket))),
  rawTaker("a tunnel that answers in a later turn", (socket) => setImmediate(() => tunnel(socket))),
  rawTaker("a tunnel that answers and never reads", (socket) => {
    socket.write(SWITCH);
    // It reads when the test says so: by what comes to it with the first readable bytes.
    socket.on("readable", () => {
      const bytes = socket.read() as Buffer | null;
      if (bytes !== null) socket.write(bytes);
    });
  }),
  holder("a listener that holds the socket and answers late", (server, listener) => {
    server.on("upgrade", listener);
  }),
  holder("a listener for one upgrade that holds the socket and answers late", (server, listener) => {
    server.once("upgrade", listener);
  }),
  {
    title: "a WebSocket server of `ws` that is handed the upgrade",
    speaks: "websocket",
    install: (server) => {
      const wss = new WebSocketServer({ noServer: true });
      wss.on("connection", (webSocket) => webSocket.on("message", (data) => webSocket.send(data)));
      server.on("upgrade", (request, socket, head) => {
        if (!request.url?.startsWith(FOREIGN)) return;
        wss.handleUpgrade(request, socket, head, (webSocket) => wss.emit("connection", webSocket, request));
      });
      return undefined;
    },
  },
  {
    title: "a WebSocket server of `ws` with a path",
    speaks: "websocket",
    install: (server) => {
      const wss = new WebSocketServer({ server, path: `${FOREIGN}/` });
      wss.on("connection", (webSocket) => webSocket.on("message", (data) => webSocket.send(data)));
      return undefined;
    },
  },
  {
    title: "the published engine",
    speaks: "engine",
    install: (server) => {
      const engine = new PublishedEngine();
      engine.attach(server, { path: FOREIGN, destroyUpgrade: false });
      engine.on("connection", (connection) => {
        connection.on("message", (data: string) => connection.send(data));
      });
      return undefined;
    },
  },
  {
    title: "another engine of Skein",
    speaks: "engine",
    install: (server) => {
      const engine = new Server().attach(server, { path: FOREIGN });
      engine.on("connection", (connection) => {
        connection.on("message", (data: string | Uint8Array) => void connection.send(data));
      });
      return undefined;
    },
  },
];

/**
 * A clock without delays: everything due within the usual timeouts has rung when `pass` returns.
 */
export class PassingClock extends FakeClock {
  pass(): void {
    this.advance(20_000);
  }
}
