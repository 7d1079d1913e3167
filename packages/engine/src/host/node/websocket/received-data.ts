/** The data that a WebSocket library may pass to a message listener. */
export type ReceivedData = Buffer | ArrayBuffer | Buffer[] | string;

function toBuffer(data: Exclude<ReceivedData, string>): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** Returns a received message as text or bytes, whatever type the library uses. */
export function messageData(data: ReceivedData, isBinary: boolean): string | Uint8Array {
  if (typeof data === "string") return data;
  const bytes = toBuffer(data);
  return isBinary ? bytes : bytes.toString();
}
