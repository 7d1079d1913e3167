import { createAdapter } from "@socket.io/cluster-adapter";
import { setupWorker } from "@socket.io/sticky";
import { createServer } from "node:http";
import type { Server as PublishedServer } from "socket.io";
import { Server } from "../../../src/index.ts";

// One worker of a cluster of Node's: the test bundles this file, and runs it as often as it needs.

type Answer = (value: unknown) => void;

const io = new Server(createServer(), { adapter: createAdapter() });

io.on("connection", (socket) => {
  void socket.join(`of ${process.pid}`);
  socket.on("where", (answer: Answer) => answer(process.pid));
  socket.on("everybody", (answer: Answer) => {
    void io.fetchSockets().then((sockets) => answer(sockets.map(({ id }) => id)));
  });
  socket.on("tell", (value: unknown) => void socket.broadcast.emit("told", value));
  socket.on("ask", (answer: Answer) => void io.timeout(5000).emitWithAck("question").then(answer));
  socket.on("others", (answer: Answer) => void io.serverSideEmitWithAck("who").then(answer));
});

io.on("who", (answer: Answer) => answer(process.pid));

setupWorker(io as unknown as PublishedServer);
process.send?.("ready");
