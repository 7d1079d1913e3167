/** A server under measurement: it echoes, acknowledges, joins, leaves and broadcasts. */
export interface Subject {
  readonly port: number;
  /** Sends the event `["b", <32 characters>]` to everybody, or to `room`, or to all but `except`, `times` times in one turn. */
  broadcast(times: number, room?: string, except?: string): void;
  /** Puts every `perRoom` consecutive sockets into a room of their own: `r0`, `r1`, … */
  place(perRoom: number): void;
  close(): void;
}

export const BROADCAST_TEXT = "abcdefghijklmnopqrstuvwxyz012345";
