import { type Namespace, Server } from "socket.io";

export const io = new Server();

export const rooms = io.of(/^\/room-\d+$/);
rooms.use((socket, next) => next(socket.nsp.name === "/room-0" ? new Error("closed") : undefined));
rooms.on("connection", (socket) => {
  const namespace: Namespace = socket.nsp;
  namespace.emit("joined", socket.id);
  socket.nsp.to("a").to("b").except("c").emit("x");
});

export const tenants = io.of((name, auth, next) => {
  next(null, name.startsWith("/tenant") && auth["token"] === "x");
});
tenants.on("connection", (socket) => socket.disconnect(true));
io.of("/direct", (socket) => {
  socket.emit("hello");
});
io.on("new_namespace", (namespace) => console.log(namespace.name, namespace.sockets.size));
