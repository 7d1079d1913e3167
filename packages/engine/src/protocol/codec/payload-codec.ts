import type { OutgoingPacket, ReceivedPacket } from "../packet.ts";
import { decodeText, encodeText } from "./packet-codec.ts";

// Revision 4 (engine-protocol, "Polling payload"). The contracts are in PayloadCodec.

/**
 * The separator of packets. It is never escaped: a text that contains it breaks the framing. JSON
 * never does.
 */
const SEPARATOR = "\u001e";

export function encodePayload(batch: readonly OutgoingPacket[]): string {
  return batch.map(encodeText).join(SEPARATOR);
}

export function* decodeTextPayload(body: string): Generator<ReceivedPacket, void, undefined> {
  let start = 0;
  for (let end = body.indexOf(SEPARATOR); end !== -1; end = body.indexOf(SEPARATOR, start)) {
    yield decodeText(body.slice(start, end));
    start = end + 1;
  }
  yield decodeText(body.slice(start));
}
