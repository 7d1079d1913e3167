import { BROADCAST_TEXT } from "./subject.ts";

export const OPEN =
  '0{"sid":"raw","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
const CONNECT = '40{"sid":"raw"}';
export const FRAME = `42["b","${BROADCAST_TEXT}"]`;
const ACK_PREFIX = /^42(\d+)\["a",/;

/** What a server without the protocol answers to a message of the load: the least that keeps the load going. */
export function answer(text: string): string {
  if (text === "40") return CONNECT;
  const ack = ACK_PREFIX.exec(text);
  return ack === null ? text : `43${ack[1] ?? ""}[${text.slice(ack[0].length)}`;
}
