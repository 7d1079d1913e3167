import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { Namespace, Server, Socket } from "socket.io";
import { io as connect } from "socket.io-client";
import { Gateway, patched, socketIo } from "./framework.cjs";

// A program whose parts load socket.io by `import` and by `require`: scripts/drop-in.mjs runs it,
// unchanged, on both servers, and in bundles.
assert.equal(socketIo.Server, Server);
assert.equal(socketIo.Namespace, Namespace);
assert.equal(socketIo.Socket, Socket);

const { join } = Socket.prototype;
Socket.prototype.join = function (room) {
  if (room === "chat") patched.push("socket");
  return join.call(this, room);
};

const httpServer = createServer();
const io = new Gateway(httpServer);
assert.ok(io instanceof Server);
assert.ok(io.of("/") instanceof Namespace);
assert.equal(Server.prototype.path.call(io), "/socket.io");
io.use((socket, next) => next(socket instanceof socketIo.Socket ? undefined : new Error("another class")));

httpServer.listen(0, async () => {
  const client = connect(`http://localhost:${httpServer.address().port}`);
  const [socket] = await once(io, "connection");
  assert.ok(socket instanceof Socket);
  assert.ok(socket instanceof socketIo.Socket);
  await socket.join("chat");
  assert.deepEqual(patched, ["namespace", "socket"]);
  client.disconnect();
  await io.close();
});
