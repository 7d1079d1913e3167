import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { Namespace, Server, Socket } from "socket.io";
import { io as connect } from "socket.io-client";

// A typical socket.io program in ES modules: scripts/drop-in.mjs runs it, unchanged, on both
// servers.
const httpServer = createServer();
const io = new Server(httpServer, { cors: { origin: "*" } });

io.use((socket, next) => {
  socket.data.user = socket.handshake.auth.user;
  next();
});

io.on("connection", (socket) => {
  assert.ok(socket instanceof Socket);
  assert.ok(socket.nsp instanceof Namespace);
  void socket.join("chat");
  socket.on("say", (text, answer) => {
    io.to("chat").emit("said", socket.data.user, text);
    answer({ ok: true });
  });
});

httpServer.listen(0);
await once(httpServer, "listening");
const client = connect(`http://localhost:${httpServer.address().port}`, { auth: { user: "ann" } });
const said = once(client, "said");
assert.deepEqual(await client.emitWithAck("say", "hello"), { ok: true });
assert.deepEqual(await said, ["ann", "hello"]);
client.disconnect();
await io.close();
