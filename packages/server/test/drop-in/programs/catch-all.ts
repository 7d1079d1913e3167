import { Server, type Socket } from "socket.io";

export const io = new Server();

function log(socket: Socket): (event: string, ...args: any[]) => void {
  return (event, ...args) => console.log(socket.id, event, args);
}

io.on("connection", (socket) => {
  const listener = log(socket);
  socket.onAny(listener);
  socket.prependAny((name) => console.log(name));
  socket.onAnyOutgoing((...all: any[]) => console.log(all.length));
  socket.offAny(listener);
  socket.offAny();
  const counts = [socket.listenersAny().length, socket.listenersAnyOutgoing().length];
  socket.listeners("message").forEach((one) => console.log(one, counts));
  socket.eventNames();
  socket.setMaxListeners(20).once("message", (text: string) => text.trim());
  socket.send("hello").write("again").compress(true).volatile.emit("message", "x");
  console.log(socket.recovered, socket.connected, socket.disconnected, socket.listenerCount("x"));
});
