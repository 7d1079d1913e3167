import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EngineError } from "../../errors.ts";
import { codecFor } from "./codec.ts";
import { decodeBinaryPayload } from "./legacy/payload-codec.ts";
import { RUNS, TIMEOUT } from "../fuzz.fixtures.ts";
import type { Message, OutgoingPacket, ReceivedPacket, Revision } from "../packet.ts";
import { PreparedMessage } from "../prepared-message.ts";

const TYPES = ["open", "close", "ping", "pong", "upgrade", "noop"] as const;

/** Text that survives UTF-8 and holds no record separator, as JSON does. */
const text = fc.string({ unit: "binary", maxLength: 40 }).map((value) => value.replaceAll("\u001e", "_"));
const bytes = fc.uint8Array({ maxLength: 40 });
const packet: fc.Arbitrary<OutgoingPacket> = fc.oneof(
  fc.record({ type: fc.constant("message" as const), data: fc.oneof(text, bytes) }),
  fc.record({ type: fc.constantFrom(...TYPES), data: text }),
  fc.record({ type: fc.constantFrom(...TYPES) }),
  fc.oneof(text, bytes).map((data): OutgoingPacket => ({ type: "message", data: new PreparedMessage(data) })),
);
const batch = fc.array(packet, { minLength: 1, maxLength: 8 });
const revision = fc.constantFrom<Revision>(3, 4);

/** The received form of what was sent. */
function arrival({ type, data }: OutgoingPacket): ReceivedPacket {
  const content = data instanceof PreparedMessage ? data.data : data;
  if (content === undefined || content === "") return { type };
  return { type, data: typeof content === "string" ? content : Buffer.from(content) };
}

/**
 * Runs a decoder to its end or its error, which must be a `PARSE_ERROR`. Returns the number of
 * packets.
 */
function consume(decode: () => Iterable<ReceivedPacket>): number {
  let count = 0;
  try {
    for (const { type } of decode()) count += type.length > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "PARSE_ERROR") throw error;
  }
  return count;
}

function decodePayload(of: Revision, body: string | Uint8Array): Iterable<ReceivedPacket> {
  return typeof body === "string" ? codecFor(of).payloads.decodeText(body) : decodeBinaryPayload(body);
}

function decodeFrame(of: Revision, frame: Message): ReceivedPacket {
  const { packets } = codecFor(of);
  const wire = frame instanceof PreparedMessage ? frame.wireMessage : frame;
  return typeof wire === "string" ? packets.decodeText(wire) : packets.decodeBinary(wire);
}

describe("both revisions", () => {
  it(
    "read back every WebSocket message that they write",
    () => {
      const law = fc.property(revision, packet, fc.boolean(), (of, sent, base64) => {
        const frame = codecFor(of).packets.encodeForWebSocket(sent, base64);
        expect(decodeFrame(of, frame)).toEqual(arrival(sent));
      });
      fc.assert(law, { numRuns: RUNS });
    },
    TIMEOUT,
  );

  it(
    "read back every payload that they write",
    () => {
      const law = fc.property(revision, batch, fc.boolean(), (of, sent, base64) => {
        const body = codecFor(of).payloads.encode(sent, base64);
        expect(Array.from(decodePayload(of, body))).toEqual(sent.map(arrival));
      });
      fc.assert(law, { numRuns: RUNS });
    },
    TIMEOUT,
  );

  it(
    "answer any text and any bytes with packets or a parse error",
    () => {
      const hostile = fc.oneof(
        fc.string({ unit: "binary", maxLength: 60 }),
        fc.string({ unit: fc.constantFrom("0", "1", "4", "9", ":", "b", "\u001e", "€"), maxLength: 60 }),
        fc.uint8Array({ maxLength: 60 }),
        fc
          .array(fc.constantFrom(0, 1, 2, 4, 9, 0x34, 0xff), { maxLength: 60 })
          .map((list) => Uint8Array.from(list)),
      );
      const law = fc.property(revision, hostile, (of, input) => {
        expect(consume(() => [decodeFrame(of, input)])).toBeLessThanOrEqual(1);
        expect(consume(() => decodePayload(of, input))).toBeLessThanOrEqual(input.length);
      });
      fc.assert(law, { numRuns: RUNS });
    },
    TIMEOUT,
  );

  it(
    "answer payloads that were changed on the way with packets or a parse error",
    () => {
      const change = fc.record({ at: fc.nat(), remove: fc.nat(3), insert: fc.uint8Array({ maxLength: 3 }) });
      const law = fc.property(
        revision,
        batch,
        fc.boolean(),
        change,
        (of, sent, base64, { at, remove, insert }) => {
          const body = codecFor(of).payloads.encode(sent, base64);
          const start = at % (body.length + 1);
          const head = Buffer.from(body.slice(0, start));
          const mutant = Buffer.concat([head, insert, Buffer.from(body.slice(start + remove))]);
          const input = typeof body === "string" ? mutant.toString() : mutant;
          expect(consume(() => decodePayload(of, input))).toBeLessThanOrEqual(input.length);
        },
      );
      fc.assert(law, { numRuns: RUNS });
    },
    TIMEOUT,
  );
});
