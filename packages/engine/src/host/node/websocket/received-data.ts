/** What a WebSocket library may give to a message listener. */
export type ReceivedData = Buffer | ArrayBuffer | Buffer[] | string;

function toBuffer(data: Exclude<ReceivedData, string>): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** A received message as text or bytes, whatever form the library chose. */
export function messageData(data: ReceivedData, isBinary: boolean): string | Uint8Array {
  if (typeof data === "string") return data;
  const bytes = toBuffer(data);
  return isBinary ? bytes : bytes.toString();
}
