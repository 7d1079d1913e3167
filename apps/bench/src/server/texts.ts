export const BROADCAST_TEXT = "abcdefghijklmnopqrstuvwxyz012345";

/** The open packet of servers without an engine. */
export function openPacket(sid: string): string {
  return `0{"sid":"${sid}","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`;
}
