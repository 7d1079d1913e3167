import { describe, expect, it } from "vitest";
import { Encoder, type Packet, PacketType, ParserError } from "../index.ts";

const { CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR } = PacketType;
const encoder = new Encoder();

function event(...data: unknown[]): Packet {
  return { type: EVENT, nsp: "/", data };
}

function thrownBy(packet: unknown, by: Encoder): unknown {
  try {
    return by.encode(packet as Packet);
  } catch (error) {
    return error;
  }
}

function codeOf(packet: unknown, by = encoder): string {
  const error = thrownBy(packet, by);
  expect(error).toBeInstanceOf(ParserError);
  expect(error).toMatchObject({ side: "application" });
  return (error as ParserError).code;
}

function nested(levels: number, core: unknown = 1): unknown {
  let value = core;
  for (let i = 0; i < levels; i++) {
    value = i % 2 === 0 ? [value] : { value };
  }
  return value;
}

describe("the text part", () => {
  it.each<[string, Packet]>([
    ["0", { type: CONNECT, nsp: "/" }],
    ['0{"token":"123"}', { type: CONNECT, nsp: "/", data: { token: "123" } }],
    ['0/admin,{"sid":"a","pid":"b"}', { type: CONNECT, nsp: "/admin", data: { sid: "a", pid: "b" } }],
    ['4{"message":"Not authorized"}', { type: CONNECT_ERROR, nsp: "/", data: { message: "Not authorized" } }],
    ["1", { type: DISCONNECT, nsp: "/" }],
    ["1/admin,", { type: DISCONNECT, nsp: "/admin" }],
    ['2["foo"]', event("foo")],
    ['2/admin,["bar"]', { type: EVENT, nsp: "/admin", data: ["bar"] }],
    ['212["foo"]', { type: EVENT, nsp: "/", data: ["foo"], id: 12 }],
    ['20["foo"]', { type: EVENT, nsp: "/", data: ["foo"], id: 0 }],
    ["2[1]", event(1)],
    ['3/admin,13["bar"]', { type: ACK, nsp: "/admin", data: ["bar"], id: 13 }],
    ["312[]", { type: ACK, nsp: "/", data: [], id: 12 }],
    ["312", { type: ACK, nsp: "/", id: 12 }],
    ["0", { type: CONNECT, nsp: "/", data: null }],
  ])("is %s", (text, packet) => {
    expect(encoder.encode(packet)).toEqual([text]);
  });

  it("is that of the main namespace if the packet names none", () => {
    expect(encoder.encode({ type: EVENT, data: ["a"], options: {} } as unknown as Packet)).toEqual([
      '2["a"]',
    ]);
  });

  it("writes arguments as JSON.stringify does", () => {
    const args = [
      ["a", undefined, null, Number.NaN, -0, 1e21, true, false, () => 1, Symbol("s")],
      ["a", 'quo"te', "back\\slash", "\u0000\n", "\ud800", "é😀", "x".repeat(100)],
      ["a", { list: [undefined, () => 1], gone: undefined, map: new Map([[1, 2]]), at: new Date(0) }],
      ["a", new Date(Number.NaN), Object("boxed"), Object(1), { "": 1, 2: 2 }],
    ];
    for (const data of args) {
      expect(encoder.encode(event(...data))).toEqual([`2${JSON.stringify(data)}`]);
    }
  });

  it("passes values through a replacer, given alone or as an option", () => {
    const replacer = (_key: string, value: unknown) => (typeof value === "bigint" ? `${value}n` : value);
    expect(new Encoder(replacer).encode(event("a", 1n))).toEqual(['2["a","1n"]']);
    expect(new Encoder({ replacer }).encode(event("a", { b: 2n }))).toEqual(['2["a",{"b":"2n"}]']);
    const map = new Encoder((_key, value) => (value instanceof Map ? [...value] : value));
    expect(map.encode(event("a", { m: new Map([[1, 2]]) }, new Uint8Array(1)))[0]).toBe(
      '51-["a",{"m":[[1,2]]},{"_placeholder":true,"num":0}]',
    );
  });
});

describe("binary", () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const P0 = '{"_placeholder":true,"num":0}';
  const P1 = '{"_placeholder":true,"num":1}';

  it.each<[string, Packet]>([
    [`51-["baz",${P0}]`, event("baz", bytes)],
    [`52-/admin,["baz",${P0},${P1}]`, { ...event("baz", bytes, bytes), nsp: "/admin" }],
    [`51-/admin,13["test",${P0}]`, { ...event("test", bytes), nsp: "/admin", id: 13 }],
    [`61-15["bar",${P0}]`, { type: ACK, nsp: "/", id: 15, data: ["bar", bytes] }],
    [`52-["x",{"a":[${P0}],"b":1},{"c":${P1}}]`, event("x", { a: [bytes], b: 1 }, { c: bytes })],
  ])("leaves %s", (text, packet) => {
    expect(encoder.encode(packet)).toEqual(
      [text, ...text.matchAll(/_placeholder/g)].map((p, i) => (i ? bytes : p)),
    );
  });

  it("numbers placeholders depth first", () => {
    const at = (n: number) => new Uint8Array([n]);
    const [text, ...attachments] = encoder.encode(event("x", { a: { b: at(0) }, c: at(1) }, [at(2)], at(3)));
    expect([...String(text).matchAll(/"num":(\d)/g)].map((match) => match[1])).toEqual(["0", "1", "2", "3"]);
    expect(attachments).toEqual([at(0), at(1), at(2), at(3)]);
  });

  it("is every ArrayBuffer and every view, of which only the part in view is sent", () => {
    const { buffer } = new Uint8Array([0, 0, 1, 2, 3, 4, 0, 0]);
    const views = [
      new Uint8Array(buffer, 2, 4),
      Buffer.from(buffer, 2, 4),
      new DataView(buffer, 2, 4),
      new Uint16Array(buffer, 2, 2),
      new Int8Array(buffer, 2, 4),
      buffer.slice(2, 6),
    ];
    for (const view of views) {
      const [, attachment] = encoder.encode(event("x", { view }));
      expect(attachment).toBeInstanceOf(Uint8Array);
      expect([...(attachment as Uint8Array)]).toEqual([1, 2, 3, 4]);
    }
  });

  it("is looked for in events and acknowledgements only", () => {
    expect(encoder.encode({ type: CONNECT, nsp: "/", data: { a: new Uint8Array([7]) } })).toEqual([
      '0{"a":{"0":7}}',
    ]);
  });

  it("sends a buffer that occurs twice as two attachments", () => {
    expect(encoder.encode(event("x", bytes, bytes))).toHaveLength(3);
  });

  it("never changes what it was given", () => {
    const inner = Object.freeze({ bytes, list: Object.freeze([bytes]) });
    const packet = Object.freeze({ type: EVENT, nsp: "/", data: Object.freeze(["x", inner]) });
    encoder.encode(packet);
    expect(packet.data).toEqual(["x", { bytes, list: [bytes] }]);
  });

  it("is found in objects without a prototype, and beside a key named __proto__", () => {
    const bare = Object.assign(Object.create(null), { bytes });
    const tricky = JSON.parse('{"__proto__":{"polluted":1},"b":1}');
    Object.defineProperty(tricky, "c", { value: bytes, enumerable: true });
    const hidden = JSON.parse('{"__proto__":1}');
    Object.defineProperty(hidden, "__proto__", { value: bytes, enumerable: true });
    expect(encoder.encode(event("x", bare))[0]).toBe(`51-["x",{"bytes":${P0}}]`);
    expect(encoder.encode(event("x", tricky))[0]).toBe(
      `51-["x",{"__proto__":{"polluted":1},"b":1,"c":${P0}}]`,
    );
    expect(encoder.encode(event("x", hidden))[0]).toBe(`51-["x",{"__proto__":${P0}}]`);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("may be the answer of a toJSON, which is asked once and whose answer is final", () => {
    let asked = 0;
    const answers = (answer: (self: object) => unknown) => ({
      kept: 1,
      toJSON() {
        asked++;
        return answer(this);
      },
    });
    expect(
      encoder.encode(
        event(
          "x",
          answers(() => bytes),
        ),
      ),
    ).toEqual([`51-["x",${P0}]`, bytes]);
    expect(encoder.encode(event("x", { y: answers(() => ({ z: bytes })) }))[0]).toBe(
      `51-["x",{"y":{"z":${P0}}}]`,
    );
    expect(
      encoder.encode(
        event(
          "x",
          answers((self) => self),
        ),
      ),
    ).toEqual(['2["x",{"kept":1}]']);
    expect(
      encoder.encode(
        event(
          "x",
          answers(() => answers(() => 5)),
          bytes,
        ),
      )[0],
    ).toBe(`51-["x",{"kept":1},${P0}]`);
    expect(
      encoder.encode(
        event(
          "x",
          answers(() => undefined),
        ),
      ),
    ).toEqual(['2["x",null]']);
    expect(asked).toBe(5);
  });

  it("leaves all that JSON can hold as JSON.stringify writes it", () => {
    const rest = [
      { list: [undefined, () => 1, Symbol("s"), null], gone: undefined, fn: () => 1, map: new Map([[1, 2]]) },
      { boxed: [Object("a"), Object(1), Object(true)], num: [Number.NaN, -0, 1e21], 'ke"y': "\ud800", 2: 1 },
      [[], {}, [{}], [undefined]],
      { toJSON: () => new Date(0) },
      { deep: { toJSON: (key: string) => `at ${key}` } },
    ];
    for (const bit of rest) {
      const args = ["x", bit, { bytes, bit }];
      const expected = JSON.stringify(["x", bit, { bytes: 0, bit }]).replace('"bytes":0', `"bytes":${P0}`);
      expect(encoder.encode(event(...args))).toEqual([`51-${expected}`, bytes]);
    }
  });

  it.each([10, 99, 100, 101, 500, 1_999])(
    "leaves the rest as JSON.stringify writes it, %d levels down",
    (levels) => {
      const plain = nested(levels);
      expect(encoder.encode(event("x", plain))).toEqual([`2${JSON.stringify(["x", plain])}`]);
      const parts = encoder.encode(event("x", nested(levels, bytes)));
      expect(parts).toEqual([`51-${JSON.stringify(["x", plain]).replace("1", P0)}`, bytes]);
    },
  );

  it("leaves dates to JSON", () => {
    expect(encoder.encode(event("x", { at: new Date(0), bytes }))[0]).toBe(
      `51-["x",{"at":"1970-01-01T00:00:00.000Z","bytes":${P0}}]`,
    );
  });
});

describe("what can't be sent", () => {
  it.each([
    ["a symbol as event name", event(Symbol("x")), "INVALID_EVENT_NAME"],
    ["no event name", event(), "INVALID_EVENT_NAME"],
    ["undefined as event name", event(undefined, 1), "INVALID_EVENT_NAME"],
    ["an object as event name", event({}), "INVALID_EVENT_NAME"],
    ["NaN as event name", event(Number.NaN), "INVALID_EVENT_NAME"],
    ["an event without arguments", { type: EVENT, nsp: "/" }, "INVALID_ARGUMENTS"],
    ["an acknowledgement that is no list", { type: ACK, nsp: "/", id: 1, data: {} }, "INVALID_ARGUMENTS"],
    ["a wire type", { type: 5, nsp: "/", data: ["x"] }, "INVALID_PACKET_TYPE"],
    ["a namespace without slash", { type: EVENT, nsp: "a", data: ["x"] }, "INVALID_NAMESPACE"],
    ["a namespace with a comma", { type: EVENT, nsp: "/a,b", data: ["x"] }, "INVALID_NAMESPACE"],
    ["an unsafe ack id", { ...event("x"), id: 2 ** 53 }, "INVALID_ACK_ID"],
    ["a negative ack id", { ...event("x"), id: -1 }, "INVALID_ACK_ID"],
    ["a Blob", event("x", new Blob(["a"])), "UNSUPPORTED_BLOB"],
    ["a File within", event("x", { y: [new File(["a"], "f")] }), "UNSUPPORTED_BLOB"],
    ["a BigInt", event("x", 1n), "UNSERIALIZABLE_PAYLOAD"],
    ["a BigInt within", event("x", { a: 1n }, new Uint8Array(1)), "UNSERIALIZABLE_PAYLOAD"],
    ["levels beyond the limit", event("x", nested(2_000)), "PAYLOAD_TOO_DEEP"],
    ["100,000 levels", event("x", nested(100_000)), "PAYLOAD_TOO_DEEP"],
  ])("is refused: %s", (_what, packet, code) => {
    expect(codeOf(packet)).toBe(code);
  });

  it.each([
    ["a typed array", () => new Uint8Array(4)],
    ["a typed array of other numbers", () => new Float64Array(2)],
    ["a Buffer", () => Buffer.from(new ArrayBuffer(4))],
    ["a DataView", () => new DataView(new ArrayBuffer(4))],
    ["an ArrayBuffer", () => new ArrayBuffer(4)],
  ])("is binary whose memory is gone: %s, however deep", (_what, make) => {
    const binary = make();
    const memory = ArrayBuffer.isView(binary) ? binary.buffer : binary;
    structuredClone(memory, { transfer: [memory] });
    for (const packet of [
      event("x", binary),
      event("x", { a: [{ b: binary }] }),
      event("x", Uint8Array.of(1), binary),
    ])
      expect(codeOf(packet)).toBe("DETACHED_BINARY");
    expect(codeOf({ type: ACK, nsp: "/", id: 1, data: [binary] })).toBe("DETACHED_BINARY");
    const replacing = new Encoder((_key, value: unknown) => value);
    expect(codeOf(event("x", { a: binary }), replacing)).toBe("DETACHED_BINARY");
  });

  it("is no empty binary", () => {
    expect(encoder.encode(event("x", new Uint8Array(0)))).toEqual([
      '51-["x",{"_placeholder":true,"num":0}]',
      new Uint8Array(0),
    ]);
  });

  it("is told without what could forge a line, and cut", () => {
    const toJSON = () => {
      throw new Error(`a\n\u001B\u202E${"b".repeat(1_000)}`);
    };
    const namespace = { type: EVENT, nsp: `a\n\u001B${"b".repeat(1_000)}`, data: ["x"] };
    for (const packet of [event("x", { toJSON }), namespace]) {
      expect(() => encoder.encode(packet as Packet)).toThrow(/ a\\u000a\\u001b[^\p{Cc}\p{Cf}]{0,220}…$/u);
    }
  });

  it("is a payload that contains itself, with or without binary", () => {
    const ring: Record<string, unknown> = { bytes: new Uint8Array(1) };
    ring["a"] = [ring];
    ring["b"] = [ring];
    expect(codeOf(event("x", ring))).toBe("CYCLIC_PAYLOAD");
    delete ring["bytes"];
    expect(codeOf(event("x", ring))).toBe("CYCLIC_PAYLOAD");
    expect(codeOf({ type: CONNECT, nsp: "/", data: ring })).toBe("UNSERIALIZABLE_PAYLOAD");
  });

  it("says what lies beneath as its cause", () => {
    const cause = new Error("mine");
    const toJSON = () => {
      throw cause;
    };
    expect(() => encoder.encode(event("x", { toJSON }))).toThrow(expect.objectContaining({ cause }));
  });

  it("starts at the depth that was asked for", () => {
    const shallow = new Encoder({ maxDepth: 3 });
    expect(shallow.encode(event("x", nested(2)))).toEqual(['2["x",{"value":[1]}]']);
    expect(codeOf(event("x", nested(3)), shallow)).toBe("PAYLOAD_TOO_DEEP");
    expect(encoder.encode(event("x", nested(1_999)))).toHaveLength(1);
  });
});
