// @ts-check
import { createServer } from "node:http";
import { Server } from "socket.io";

/** @typedef {import("socket.io").Socket} Socket */
/** @typedef {import("socket.io").Server<{ say: (text: string) => void }, { said: (text: string) => void }>} ChatServer */

/** @type {ChatServer} */
export const chat = new Server(createServer());

/**
 * @param {Socket} socket
 * @param {(error?: import("socket.io").ExtendedError) => void} next
 */
export function authenticate(socket, next) {
  socket.data.token = socket.handshake.auth.token;
  next(socket.data.token === undefined ? new Error("no token") : undefined);
}

chat.on("connection", (socket) => {
  socket.on("say", (text) => chat.emit("said", text.trim()));
});
