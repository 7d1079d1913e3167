import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import type { EngineError } from "../../../errors.ts";
import { FrameReader } from "./frame-reader.ts";

const LIMIT = 300;

/** What a reader said: messages and pings, then how the stream ended, if it did. */
interface Outcome {
  readonly said: string[];
  end: string | undefined;
}

function ours(chunks: readonly Uint8Array[]): Outcome {
  const outcome: Outcome = { said: [], end: undefined };
  const closeCodes: Partial<Record<EngineError["code"], number>> = {
    INVALID_FRAME: 1002,
    INVALID_TEXT: 1007,
    MESSAGE_TOO_LARGE: 1009,
    TOO_MANY_FRAGMENTS: 1008,
  };
  const reader = new FrameReader(
    {
      onMessage: (data) =>
        void outcome.said.push(typeof data === "string" ? `text ${data}` : `bytes ${data.toString("hex")}`),
      onPing: (payload) => void outcome.said.push(`ping ${payload.toString("hex")}`),
      onCloseFrame: (code) => {
        outcome.end = `close ${code ?? 1005}`;
      },
      onViolation: ({ code }) => {
        outcome.end = `violation ${closeCodes[code]}`;
      },
    },
    LIMIT,
  );
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return outcome;
}

const server = new WebSocketServer({ noServer: true, maxPayload: LIMIT, perMessageDeflate: false });

function handshake(): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.method = "GET";
  Object.assign(request.headers, {
    upgrade: "websocket",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version": "13",
  });
  return request;
}

/**
 * Returns the code of the last close frame written; undefined if none was. Pongs may precede it.
 */
function closeCode(written: Buffer): number | undefined {
  let code: number | undefined;
  for (let at = 0; at < written.length; at += 2 + (written[at + 1] ?? 0)) {
    if (written[at] === 0x88) code = written[at + 1] === 0 ? 1005 : written.readUInt16BE(at + 2);
  }
  return code;
}

/** The library, whose strictness is proven, on a stream in memory. */
async function reference(chunks: readonly Uint8Array[]): Promise<Outcome> {
  const said: string[] = [];
  const written: Buffer[] = [];
  let failed = false;
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk);
      done();
    },
  });
  server.handleUpgrade(handshake(), stream, Buffer.alloc(0), (webSocket) => {
    written.length = 0;
    webSocket.on("message", (data: Buffer, isBinary) => {
      said.push(isBinary ? `bytes ${data.toString("hex")}` : `text ${data.toString()}`);
    });
    webSocket.on("ping", (payload) => said.push(`ping ${payload.toString("hex")}`));
    webSocket.on("error", () => {
      failed = true;
    });
  });
  for (const chunk of chunks) stream.push(Buffer.from(chunk));
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  stream.destroy();
  const code = closeCode(Buffer.concat(written));
  return { said, end: code === undefined ? undefined : `${failed ? "violation" : "close"} ${code}` };
}

/** Mostly what a client may send, and sometimes not. */
const frames = fc
  .record({
    final: fc.boolean(),
    reserved: fc.oneof(
      { weight: 30, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ max: 7, min: 0 }) },
    ),
    opcode: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(0, 1, 2, 0, 9, 10) },
      { weight: 1, arbitrary: fc.constantFrom(3, 7, 8, 11, 15) },
    ),
    masked: fc.oneof({ weight: 30, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.boolean() }),
    mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    payload: fc.oneof(
      {
        weight: 4,
        arbitrary: fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => Buffer.from(text)),
      },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 180 }).map((bytes) => Buffer.from(bytes)) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom([3, 232], [3, 237], [15, 160, 255], [0])
          .map((bytes) => Buffer.from(bytes)),
      },
    ),
  })
  .map(({ final, reserved, opcode, masked, mask, payload }) => {
    const size = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 255];
    const head = [
      (final ? 0x80 : 0) | (reserved << 4) | opcode,
      (masked ? 0x80 : 0) | (size[0] ?? 0),
      ...size.slice(1),
    ];
    const body = masked ? payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)) : payload;
    return Buffer.concat([Uint8Array.from(head), masked ? mask : new Uint8Array(0), body]);
  });

/** The same bytes cut into pieces. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...pieces, bytes.subarray(at)].filter((piece) => piece.length > 0);
}

describe("the reader of frames, beside the library's", () => {
  it("says the same of every stream, however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(frames, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 30 }),
        async (stream, sizes) => {
          const bytes = Buffer.concat(stream);
          const outcome = await reference([bytes]);
          expect(ours([bytes])).toEqual(outcome);
          expect(ours(cut(bytes, sizes))).toEqual(outcome);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("says the same of noise", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (noise) => {
        const bytes = Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x61, 0x82, ...noise);
        expect(ours([bytes])).toEqual(await reference([bytes]));
      }),
      { numRuns: 1000 },
    );
  });
});
