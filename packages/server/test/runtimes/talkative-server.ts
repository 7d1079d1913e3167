import { EventEmitter } from "node:events";
import { Server } from "../../src/index.ts";

EventEmitter.captureRejections = process.argv.includes("capture");

// A server in a process of another runtime: prints its port, answers, and ends when stdin ends.
const io = new Server({ serveClient: false });

io.onError(({ source, cause }) => {
  io.emit("reported", source, String(cause));
});
io.use((socket, next) => {
  socket.data.name = "guest";
  next();
});
io.on("connection", (socket) => {
  void socket.join("room");
  socket.on("ask", (_question: string, answer: (name: string) => void) => {
    answer(socket.data.name);
  });
  const failing: () => unknown = () => Promise.reject(new Error("no luck"));
  socket.on("fail", failing);
  socket.on("tell everybody", (...news: unknown[]) => io.to("room").emit("news", ...news));
  socket.emit("welcome", Buffer.from([1, 2, 3]));
});
io.listen(0);
io.httpServer.on("listening", () => {
  process.stdout.write(`${(io.httpServer.address() as { port: number }).port}\n`);
});
process.stdin.on("end", () => process.exit()).resume();
