import * as fc from "fast-check";
import * as published from "socket.io-parser";
import { describe, expect, it } from "vitest";
import { escaped } from "./escaped.ts";
import { Decoder, Encoder, type Packet, PacketType, ParserError, RESERVED_EVENTS } from "./index.ts";

/** Options of fast-check; give `fc.assert` the printed seed and path to reproduce a failure. */
const RUNS = { numRuns: 500 };

const bytes = fc.uint8Array({ maxLength: 8 }).map((array) => Buffer.from(array));
/** A decoder leaves these two keys out: see decode.test.ts. */
const harmlessKey = fc.string().filter((name) => name !== "__proto__" && name !== "prototype");
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
    ),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(harmlessKey, fc.constant("toString")), tie("value"), { maxKeys: 4 }),
  ),
}));
const eventName = fc.oneof(
  fc.string().filter((name) => !RESERVED_EVENTS.has(name)),
  fc.integer(),
);
const nsp = fc.oneof(
  fc.constant("/"),
  fc.string().map((name) => `/${name.replaceAll(",", "")}`),
);
const id = fc.option(fc.nat(), { nil: undefined });

function message(args: fc.Arbitrary<unknown[]>): fc.Arbitrary<Packet> {
  const event = fc.record({ type: fc.constant(PacketType.EVENT), nsp, id, name: eventName, args });
  return fc.oneof(
    event.map(({ name, args: rest, ...packet }) => withId({ ...packet, data: [name, ...rest] })),
    fc.record({ type: fc.constant(PacketType.ACK), nsp, id, data: args }).map(withId),
  );
}

function withId({ id: given, ...packet }: Omit<Packet, "id"> & { id: number | undefined }): Packet {
  return given === undefined ? packet : { ...packet, id: given };
}

const textMessage = message(fc.array(value, { maxLength: 4 }));
/** Binary at the top, in arrays and in objects; never more than ten in all. */
const binaryMessage = message(
  fc.array(fc.oneof(value, bytes, fc.record({ a: bytes, b: value }), fc.tuple(value, bytes)), {
    maxLength: 8,
  }),
);
const session = fc.record(
  {
    type: fc.constantFrom(PacketType.CONNECT, PacketType.CONNECT_ERROR),
    nsp,
    data: fc.dictionary(harmlessKey, value),
  },
  { requiredKeys: ["type", "nsp", "data"] },
) as fc.Arbitrary<Packet>;
const anyPacket = fc.oneof(textMessage, binaryMessage, session);

function decodeAll(parts: readonly (string | Uint8Array)[]): unknown {
  const decoder = new Decoder();
  return parts.map((part) => decoder.decode(part)).at(-1);
}

/** A copy goes in: the published encoder changes the packet. */
function publishedEncode(packet: Packet): unknown[] {
  return new published.Encoder().encode(Object.assign({} as published.Packet, packet));
}

function publishedDecodeAll(parts: readonly (string | Uint8Array)[]): unknown {
  const decoder = new published.Decoder();
  let packet: unknown;
  decoder.on("decoded", (decoded: unknown) => {
    packet = decoded;
  });
  for (const part of parts) {
    decoder.add(part);
  }
  return packet;
}

/** JSON has no minus zero. */
function normalized(packet: Packet): unknown {
  return JSON.parse(JSON.stringify(packet, marked), unmarked);
}

function marked(this: Record<string, unknown>, key: string, json: unknown): unknown {
  const original = this[key];
  return Buffer.isBuffer(original) ? { "\u0000bytes": original.toString("hex") } : json;
}

function unmarked(_key: string, json: Record<string, string>): unknown {
  const hex = json?.["\u0000bytes"];
  return hex === undefined ? json : Buffer.from(hex, "hex");
}

describe("any packet", () => {
  const encoder = new Encoder();

  it("survives the round trip", () => {
    fc.assert(
      fc.property(anyPacket, (packet) => {
        expect(decodeAll(encoder.encode(packet))).toEqual(normalized(packet));
      }),
      RUNS,
    );
  });

  it("is encoded as the published parser does", () => {
    fc.assert(
      fc.property(anyPacket, (packet) => {
        expect(encoder.encode(packet)).toEqual(publishedEncode(packet));
      }),
      RUNS,
    );
  });

  it("is understood by the published parser, and as it was meant", () => {
    fc.assert(
      fc.property(anyPacket, (packet) => {
        const parts = encoder.encode(packet);
        expect(decodeAll(parts)).toEqual(publishedDecodeAll(parts));
      }),
      RUNS,
    );
  });

  it("is encoded alike with a replacer that changes nothing", () => {
    const through = new Encoder((_key, json) => json);
    fc.assert(
      fc.property(anyPacket, (packet) => {
        expect(through.encode(packet)).toEqual(encoder.encode(packet));
      }),
      RUNS,
    );
  });
});

/** Characters that JSON must escape, and harmless ones, some of which look dangerous. */
const signs = fc.string({
  unit: fc.oneof(
    {
      weight: 20,
      arbitrary: fc.string({ minLength: 1, maxLength: 1 }).filter((sign) => !'"\\'.includes(sign)),
    },
    fc.constantFrom(
      '"',
      "\\",
      "\u0000",
      "\u001f",
      "\n",
      "\u007f",
      "\u2028",
      "\ud7ff",
      "\ud800",
      "\udfff",
      "\ue000",
    ),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
  size: "max",
  maxLength: 300,
});

describe("any text", () => {
  it("is written as JSON.stringify does, alone and as a key beside binary", () => {
    const encoder = new Encoder();
    fc.assert(
      fc.property(signs, signs, (name, text) => {
        fc.pre(name !== "__proto__");
        const [plain] = encoder.encode({ type: PacketType.EVENT, nsp: "/", data: [name, text] });
        expect(plain).toBe(`2${JSON.stringify([name, text])}`);
        const data = [name, { [text]: new Uint8Array(1) }];
        const [binary] = encoder.encode({ type: PacketType.EVENT, nsp: "/", data });
        expect(binary).toBe(`51-${JSON.stringify([name, { [text]: { _placeholder: true, num: 0 } }])}`);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("any payload that looks like a name and one argument", () => {
  function outcome(read: () => unknown): unknown {
    try {
      return read();
    } catch (error) {
      return escaped(String(error));
    }
  }

  const name = fc.oneof(signs, fc.string({ maxLength: 14 }));
  const quoted = fc.oneof(
    signs.map((text) => `"${text}"`),
    fc.tuple(signs, signs).map(([one, two]) => `"${one}","${two}"`),
    fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
    fc.constantFrom('{"_placeholder":true,"num":0}', '{"_placeholder":true,"num":00}', '{"num":0}'),
    fc.constantFrom("", " ", '"', '""', '"\\"', '"\\\\"', "0}", '{"_placeholder":true,"num":1}', "10", "[]"),
  );

  it("is read as JSON.parse does, or refused as it does", () => {
    fc.assert(
      fc.property(
        name,
        quoted,
        fc.constantFrom("]", "]", "]", "", "}", " ]", "]]"),
        (first, argument, end) => {
          const json = `["${first}",${argument}${end}`;
          const expected = outcome(() => JSON.parse(json));
          const decoder = new Decoder();
          const actual = outcome(() => {
            try {
              return decoder.decode(`2${json}`)?.data;
            } catch (error) {
              throw (error as ParserError).cause;
            }
          });
          fc.pre(!RESERVED_EVENTS.has(first));
          expect(actual).toEqual(expected);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe("broken packets", () => {
  const noise = fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.constantFrom("-", ",", "/", '"', "[", "{", "5", "1", "\\"),
  );
  const parts = anyPacket.map((packet) => new Encoder().encode(packet));

  /** Whether a part was taken, or refused in the only way in which one may be. */
  function isHandled(decoder: Decoder, part: unknown): boolean {
    try {
      decoder.decode(part as string);
      return true;
    } catch (error) {
      return error instanceof ParserError && error.side === "peer" && !decoder.pending;
    }
  }

  it("cause no error but a ParserError of the peer's side", () => {
    fc.assert(
      fc.property(parts, fc.nat(), fc.nat({ max: 4 }), noise, ([text, ...rest], at, gone, put) => {
        const whole = String(text);
        const start = at % (whole.length + 1);
        const decoder = new Decoder({ maxDepth: 3 });
        expect(isHandled(decoder, whole.slice(0, start) + put + whole.slice(start + gone))).toBe(true);
        for (const part of [...rest, new Uint8Array(1), whole]) {
          expect(isHandled(decoder, part)).toBe(true);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it("of any text and any value cause no other error either", () => {
    const part = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.stringMatching(/^[0-6][0-9-]{0,3}[[{"/].{0,9}$/),
      fc.anything(),
    );
    fc.assert(
      fc.property(fc.array(part), (all) => {
        const decoder = new Decoder();
        expect(all.every((each) => isHandled(decoder, each))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
