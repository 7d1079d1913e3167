export const BROADCAST_TEXT = "abcdefghijklmnopqrstuvwxyz012345";

/** What servers without an engine open a session with. */
export function openPacket(sid: string): string {
  return `0{"sid":"${sid}","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`;
}
