const assert = require("node:assert/strict");
const { createServer } = require("node:http");
const { Server, Namespace, Socket } = require("socket.io");
const { io: connect } = require("socket.io-client");

// A typical socket.io program in CommonJS: scripts/drop-in.mjs runs it, unchanged, on both servers.
const httpServer = createServer();
const io = require("socket.io")(httpServer, { pingInterval: 10_000 });
assert.ok(io instanceof Server);
assert.ok(io.of("/") instanceof Namespace);

io.on("connection", (socket) => {
  assert.ok(socket instanceof Socket);
  socket.on("add", (a, b, answer) => answer(a + b));
});

httpServer.listen(0, () => {
  const client = connect(`http://localhost:${httpServer.address().port}`);
  client.emit("add", 1, 2, (sum) => {
    assert.equal(sum, 3);
    client.disconnect();
    void io.close();
  });
});
