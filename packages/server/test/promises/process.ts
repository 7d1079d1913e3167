import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as elapsed } from "node:timers/promises";
import { Server } from "@skein/server";
import { Server as PublishedServer } from "socket.io";
import uWS from "uWebSockets.js";
import { programs, TIMEOUT } from "./programs.ts";

interface Place {
  io: PublishedServer;
  port: number;
  close(): void;
}

function onNode(made: new (http: ReturnType<typeof createServer>) => unknown): Promise<Place> {
  const http = createServer();
  const io = new made(http) as PublishedServer;
  return new Promise((resolve) => {
    http.listen(0, "127.0.0.1", () => {
      resolve({ io, port: (http.address() as AddressInfo).port, close: () => http.closeAllConnections() });
    });
  });
}

function onUws(): Promise<Place> {
  const app = uWS.App() as ReturnType<typeof uWS.App> & { close(): void };
  const io = new Server();
  io.attachApp(app);
  return new Promise((resolve) => {
    app.listen("127.0.0.1", 0, (token) => {
      resolve({
        io: io as unknown as PublishedServer,
        port: uWS.us_socket_local_port(token || 0),
        close: () => app.close(),
      });
    });
  });
}

const places: Readonly<Record<string, () => Promise<Place>>> = {
  "socket.io": () => onNode(PublishedServer),
  "Skein on Node": () => onNode(Server),
  "Skein on µWebSockets.js": onUws,
};

function say(...words: readonly string[]): void {
  process.stdout.write(`${words.join(" ")}\n`);
}

const place = await places[process.argv[2] ?? ""]?.();
if (place === undefined) throw new Error("no such server");
for (const [name, program] of Object.entries(programs)) {
  const namespace = place.io.of(`/${encodeURIComponent(name)}`);
  namespace.on("connection", (socket) => {
    socket.on("later", (milliseconds: number) => {
      setTimeout(() => socket.emit("now"), milliseconds);
    });
  });
  program(namespace, (socket, what) =>
    say("said", JSON.stringify([name, socket.handshake.auth["as"], what])),
  );
}
say("listening", String(place.port));
process.stdin.once("data", () => {
  process.stdin.destroy();
  const end = async () => {
    await elapsed(2 * TIMEOUT);
    await place.io.close();
    place.close();
    say("closed");
  };
  void end();
});
