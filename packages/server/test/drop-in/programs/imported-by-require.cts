import http = require("node:http");
import io = require("socket.io");

const httpServer = http.createServer();
const server = new io.Server(httpServer);
const options: Partial<io.ServerOptions> = { serveClient: false };

function onConnection(socket: io.Socket): void {
  socket.emit("options", options);
}

server.on("connection", onConnection);
const namespace: io.Namespace = server.of("/");

export = { server, namespace };
