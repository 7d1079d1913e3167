import { BROADCAST_TEXT, openPacket } from "./texts.ts";

export const OPEN = openPacket("raw");
export const FRAME = `42["b","${BROADCAST_TEXT}"]`;

/**
 * Operations of a server without the protocol. Its sockets are those of the host, without state of
 * ours.
 */
export interface RawServer<Socket> {
  send(socket: Socket, text: string): void;
  join(socket: Socket, room: string): void;
  leave(socket: Socket, room: string): void;
  /** Sends to all sockets, to `room`, or to all except `except`; the empty text stands for none. */
  broadcast(room: string, except: string): void;
}

const ACK = /^42(\d+)\["a",/;
const ROOMS = /^42(\d+)\["(join|leave)",(\d+),(\d+)\]$/;

/**
 * Responds to a message of the load with the minimum that keeps the load running; most messages are
 * echoed.
 */
export function answer<Socket>(server: RawServer<Socket>, socket: Socket, text: string): void {
  if (text === "40") server.send(socket, '40{"sid":"raw"}');
  else if (text.startsWith('42["e"') || text.startsWith("45")) server.send(socket, text);
  else if (text.startsWith('42["shout"')) shout(server, text);
  else if (!acknowledge(server, socket, text)) changeRooms(server, socket, text);
}

function acknowledge<Socket>(server: RawServer<Socket>, socket: Socket, text: string): boolean {
  const ack = ACK.exec(text);
  if (ack === null) return false;
  server.send(socket, `43${ack[1] ?? ""}[${text.slice(ack[0].length)}`);
  return true;
}

function changeRooms<Socket>(server: RawServer<Socket>, socket: Socket, text: string): void {
  const [, id = "", verb, first, count] = ROOMS.exec(text) ?? [];
  for (let room = Number(first); room < Number(first) + Number(count); room++) {
    if (verb === "join") server.join(socket, `t${room}`);
    else server.leave(socket, `t${room}`);
  }
  server.send(socket, `43${id}[]`);
}

function shout<Socket>(server: RawServer<Socket>, text: string): void {
  const [, times, room, except] = JSON.parse(text.slice(2)) as [string, number, string, string];
  for (let index = 0; index < times; index++) server.broadcast(room, except);
}
