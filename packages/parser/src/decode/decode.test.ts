import { memoryHeld } from "@skein/testkit";
import { describe, expect, it, vi } from "vitest";
import { Decoder, Encoder, type Packet, ParserError, parser, protocol, RESERVED_EVENTS } from "../index.ts";

const P0 = '{"_placeholder":true,"num":0}';
const P1 = '{"_placeholder":true,"num":1}';
const one = new Uint8Array([1]);
const two = new Uint8Array([2]);

function decode(...parts: unknown[]): Packet | undefined {
  const decoder = new Decoder();
  let packet: Packet | undefined;
  for (const part of parts) {
    packet = decoder.decode(part as string);
  }
  return packet;
}

function thrownBy(parts: unknown[], decoder: Decoder): unknown {
  try {
    for (const part of parts) {
      decoder.decode(part as string);
    }
    return "nothing";
  } catch (error) {
    return error;
  }
}

function errorOf(parts: unknown[], decoder = new Decoder()): ParserError {
  const error = thrownBy(parts, decoder);
  expect(error).toBeInstanceOf(ParserError);
  expect(error).toMatchObject({ side: "peer" });
  expect(decoder.pending).toBe(false);
  return error as ParserError;
}

function argumentsOf<T>(...parts: unknown[]): T {
  return decode(...parts)?.data as T;
}

describe("a text packet", () => {
  it.each<[string, object]>([
    ["0", { type: 0, nsp: "/" }],
    ['0{"token":"123"}', { type: 0, nsp: "/", data: { token: "123" } }],
    ['0/admin,{"token":"123"}', { type: 0, nsp: "/admin", data: { token: "123" } }],
    ["0/admin", { type: 0, nsp: "/admin" }],
    ['0/foo{"a":1}', { type: 0, nsp: '/foo{"a":1}' }],
    ["0/foo?x=1,", { type: 0, nsp: "/foo?x=1" }],
    ['4/admin,{"message":"x","data":{}}', { type: 4, nsp: "/admin", data: { message: "x", data: {} } }],
    ['4"text"', { type: 4, nsp: "/", data: "text" }],
    ["4", { type: 4, nsp: "/" }],
    ["1", { type: 1, nsp: "/" }],
    ["1/admin,", { type: 1, nsp: "/admin" }],
    ['2["foo"]', { type: 2, nsp: "/", data: ["foo"] }],
    ['212["foo"]', { type: 2, nsp: "/", data: ["foo"], id: 12 }],
    ['2/admin,13["foo"]', { type: 2, nsp: "/admin", data: ["foo"], id: 13 }],
    ["2[1]", { type: 2, nsp: "/", data: [1] }],
    ['2["error","x"]', { type: 2, nsp: "/", data: ["error", "x"] }],
    ['2["",""]', { type: 2, nsp: "/", data: ["", ""] }],
    ['2["a \\" b","x"]', { type: 2, nsp: "/", data: ['a " b', "x"] }],
    ['2["a","x \\" y"]', { type: 2, nsp: "/", data: ["a", 'x " y'] }],
    ['2["a","x \\n y"]', { type: 2, nsp: "/", data: ["a", "x \n y"] }],
    ['2["a","x","y"]', { type: 2, nsp: "/", data: ["a", "x", "y"] }],
    ['2[ "a" , "x" ]', { type: 2, nsp: "/", data: ["a", "x"] }],
    ['3/admin,13["bar"]', { type: 3, nsp: "/admin", data: ["bar"], id: 13 }],
    ["312[]", { type: 3, nsp: "/", data: [], id: 12 }],
    ["31", { type: 3, nsp: "/", data: [], id: 1 }],
    ['29007199254740991["x"]', { type: 2, nsp: "/", data: ["x"], id: Number.MAX_SAFE_INTEGER }],
    [`2["a",${P0}]`, { type: 2, nsp: "/", data: ["a", { _placeholder: true, num: 0 }] }],
  ])("is read from %s", (text, packet) => {
    expect(decode(text)).toEqual(packet);
  });
});

describe("a key that reaches a prototype", () => {
  it.each([
    '{"__proto__":{"polluted":1},"kept":1}',
    '{"__proto__":{"polluted":1},"kept":1,"__proto__":{"polluted":2}}',
    '{"\\u005f_proto__":{"polluted":1},"kept":1}',
    '{"__proto_\\u005F":{"polluted":1},"kept":1}',
    '{"__pr\\u006fto__":{"polluted":1},"kept":1}',
    '{"\\u005f\\u005f\\u0070\\u0072\\u006f\\u0074\\u006f\\u005f\\u005f":{"polluted":1},"kept":1}',
  ])("is left out of %s", (json) => {
    const [, value, nested] = argumentsOf<[string, object, unknown]>(`2["x",${json},[{"a":${json}}]]`);
    expect(Object.keys(value)).toEqual(["kept"]);
    expect(nested).toEqual([{ a: { kept: 1 } }]);
    expect("polluted" in Object.assign({}, value)).toBe(false);
  });

  it.each([
    '{"constructor":{"prototype":{"polluted":1},"kept":1}}',
    '{"c\\u006fnstructor":{"pr\\u006ftotype":{"polluted":1},"kept":1}}',
  ])("is left out of what is called constructor in %s", (json) => {
    expect(argumentsOf<unknown[]>(`2["x",${json}]`)[1]).toEqual({ constructor: { kept: 1 } });
  });

  it("is left out of every packet that carries JSON", () => {
    const json = '{"__proto__":{"polluted":1},"kept":1}';
    const own = (value: unknown) => Object.keys(value as object);
    expect(own(decode(`0${json}`)?.data)).toEqual(["kept"]);
    expect(own(decode(`4${json}`)?.data)).toEqual(["kept"]);
    expect(decode(`31[${json}]`)?.data).toEqual([{ kept: 1 }]);
    expect(argumentsOf<unknown[]>(`51-["x",{"__proto__":${P0},"kept":${P0}}]`, one)[1]).toEqual({
      kept: one,
    });
  });

  it.each(['0{"__proto__":null}', '0{"__proto__":0}', '31[{"__proto__":{}}]', '2[1,{"__proto__":0}]'])(
    "is left out of the shortest packets too: %s",
    (text) => {
      expect(JSON.stringify(decode(text)?.data)).not.toContain("__proto__");
    },
  );

  it("may be said: in values, as an event's name, and where it reaches nothing", () => {
    const data = ["__proto__", "a __proto__ key", { prototype: 1, constructor: "x", prototypes: ["\u0000"] }];
    expect(decode(`2${JSON.stringify(data)}`)?.data).toEqual(data);
  });

  it("is not looked for in what a reviver has made", () => {
    class Made {
      readonly prototype = "mine";
    }
    const reviver = (key: string, value: unknown) => (key === "made" ? { constructor: new Made() } : value);
    const packet = new Decoder(reviver).decode('2["x",{"made":"\\u0000"}]');
    expect(packet?.data).toEqual(["x", { made: { constructor: new Made() } }]);
  });
});

describe("a binary packet", () => {
  it("is whole when its last attachment has come, and is then an event", () => {
    const decoder = new Decoder();
    expect(decoder.decode(`52-/admin,7["x",${P1},{"a":[${P0}]}]`)).toBeUndefined();
    expect(decoder.pending).toBe(true);
    expect(decoder.decode(one)).toBeUndefined();
    expect(decoder.pending).toBe(true);
    expect(decoder.decode(two)).toEqual({ type: 2, nsp: "/admin", id: 7, data: ["x", two, { a: [one] }] });
    expect(decoder.pending).toBe(false);
  });

  it("may be an acknowledgement", () => {
    expect(decode(`61-15["bar",${P0}]`, one)).toEqual({ type: 3, nsp: "/", id: 15, data: ["bar", one] });
  });

  it("holds the very objects that were given in, ArrayBuffers too", () => {
    const { buffer } = new Uint8Array([1]);
    expect(argumentsOf<unknown[]>(`51-["x",${P0}]`, buffer)[1]).toBe(buffer);
  });

  it("does not take placeholders whose mark is anything but true", () => {
    const data = ["x", { _placeholder: 1, num: 0 }, { _placeholder: "true", num: 0 }];
    expect(decode(`51-${JSON.stringify(data)}`, one)?.data).toEqual(data);
  });

  it("gets its attachments where it has placeholders of its own, whatever all objects inherit", () => {
    Object.assign(Object.prototype, { shared: { _placeholder: true, num: 0 } });
    try {
      const [, value] = argumentsOf<[string, object]>(`51-["x",{"a":${P0}}]`, one);
      expect(Object.entries(value)).toEqual([["a", one]]);
    } finally {
      Reflect.deleteProperty(Object.prototype, "shared");
    }
  });

  it("is forgotten on destroy", () => {
    const decoder = new Decoder();
    decoder.add(`51-["x",${P0}]`);
    decoder.destroy();
    expect(decoder.decode('2["y"]')).toEqual({ type: 2, nsp: "/", data: ["y"] });
  });
});

describe("what is no packet", () => {
  it.each<[string, unknown[]]>([
    ["unknown packet type NaN", ["abc"]],
    ["unknown packet type 9", ["9"]],
    ["unknown packet type 7", ['7["x"]']],
    ["unknown packet type NaN", [""]],
    ["unknown packet type NaN", [' ["x"]']],
    ["Illegal attachments", ['5["x"]']],
    ["Illegal attachments", ["51"]],
    ["Illegal attachments", ["5-[]"]],
    ["Illegal attachments", ['50-["x"]']],
    ["Illegal attachments", ['6-1-["x"]']],
    ["Illegal attachments", ['51.5-["x"]']],
    ["Illegal attachments", ['51e0-["x"]']],
    ["Illegal attachments", [`5${"1".repeat(1_000_000)}`]],
    ["too many attachments", [`5${"1".repeat(1_000_000)}-["x"]`]],
    ["too many attachments", ['511-["x"]']],
    ["got binary data when not reconstructing a packet", [one]],
    ["got binary data when not reconstructing a packet", [`51-["x",${P0}]`, one, two]],
    ["got plaintext data when reconstructing a packet", [`51-["x",${P0}]`, '2["y"]']],
    ["illegal attachments", ['51-["x",{"_placeholder":true,"num":"splice"}]', one]],
    ["illegal attachments", ['51-["x",{"_placeholder":true,"num":1}]', one]],
    ["illegal attachments", ['51-["x",{"_placeholder":true,"num":-1}]', one]],
    ["illegal attachments", ['51-["x",{"_placeholder":true,"num":0.5}]', one]],
    ["illegal attachments", ['51-["x",{"_placeholder":true}]', one]],
    ["Unknown type: 12", [12]],
    ["Unknown type: null", [null]],
    ["Unknown type: undefined", [undefined]],
    ["Unknown type: [object Object]", [Object.create(null)]],
    ["illegal acknowledgement id", ['2999999999999999999999["x"]']],
    ["illegal acknowledgement id", ['29007199254740992["x"]']],
    ["invalid payload", ["2"]],
    ["invalid payload", ["21"]],
    ["invalid payload", ["51-"]],
    ["invalid payload", ["2[]"]],
    ["invalid payload", ["2{}"]],
    ["invalid payload", ['2abc["x"]']],
    ["invalid payload", ['2["x"']],
    ["invalid payload", ['2[{"toString":"foo"}]']],
    ["invalid payload", ["2[null]"]],
    ["invalid payload", ['2[["x"]]']],
    ["invalid payload", [`51-[${P0}]`]],
    ["invalid payload", [`51-[",${P0}]`]],
    ["invalid payload", [`51-["x"",${P0}]`]],
    ["invalid payload", ["0[]"]],
    ["invalid payload", ['0"x"']],
    ["invalid payload", ["0null"]],
    ["invalid payload", ["1{}"]],
    ["invalid payload", ["1null"]],
    ["invalid payload", ["31{}"]],
    ["invalid payload", ["4[]"]],
    ["invalid payload", ["4null"]],
    ...[...RESERVED_EVENTS].map((name): [string, unknown[]] => ["invalid payload", [`2["${name}"]`]]),
  ])("throws %s", (message, parts) => {
    expect(errorOf(parts).message).toBe(message);
  });

  it("throws errors that keep nothing of a packet", async () => {
    const kept: unknown[] = [];
    const before = await memoryHeld();
    for (let count = 0; count < 40; count += 1) {
      const error = errorOf([`2["${"x".repeat(900_000)}${count}`]);
      expect(error.cause).toBeInstanceOf(SyntaxError);
      kept.push(error);
    }
    expect((await memoryHeld()) - before).toBeLessThan(4_000_000);
    expect(kept).toHaveLength(40);
  });

  it("leaves the decoder ready for the next packet", () => {
    const decoder = new Decoder();
    for (const bad of ['2["y"]', 12, new Uint8Array(10_000_001)]) {
      errorOf([`51-["x",${P0}]`, bad], decoder);
      expect(decoder.decode('2["y"]')?.data).toEqual(["y"]);
    }
  });
});

describe("limits", () => {
  const deep = (levels: number) => `2["x",${"[".repeat(levels)}${"]".repeat(levels)}]`;

  it("lets ten attachments of a megabyte through, but no byte more", () => {
    const part = new Uint8Array(1_000_000);
    const full = Array.from({ length: 10 }, () => part);
    expect(decode('510-["x"]', ...full)?.data).toEqual(["x"]);
    expect(errorOf(['510-["x"]', new Uint8Array(1_000_001), ...full]).code).toBe("ATTACHMENTS_TOO_LARGE");
  });

  it("takes other limits", () => {
    const decoder = new Decoder({ maxAttachments: 11, maxAttachmentBytes: 5, maxDepth: 4 });
    expect(decoder.decode('511-["x"]')).toBeUndefined();
    expect(errorOf([new Uint8Array(6)], decoder).message).toBe("attachments too large");
    expect(decoder.decode(deep(3))).toBeDefined();
    expect(errorOf([deep(4)], decoder).message).toBe("payload nested too deep");
  });

  it("counts empty attachments beyond the tenth as what they cost, so that their number is bounded as well", () => {
    const decoder = new Decoder({ maxAttachments: 1_000_000, maxAttachmentBytes: 1_000_000 });
    expect(decoder.decode('51000000-["x"]')).toBeUndefined();
    const empty = Array.from({ length: 10_000 }, () => new Uint8Array(0));
    expect(errorOf(empty, decoder).code).toBe("ATTACHMENTS_TOO_LARGE");
    expect(decoder.decode('5200-["x"]')).toBeUndefined();
    for (let count = 1; count < 200; count += 1) {
      expect(decoder.decode(new Uint8Array(1000))).toBeUndefined();
    }
    expect(decoder.decode(new Uint8Array(1000))?.data).toEqual(["x"]);
  });

  it("refuses 1,001 levels of nesting and takes 1,000", () => {
    expect(decode(deep(999))).toBeDefined();
    expect(errorOf([deep(1_000)]).code).toBe("NESTED_TOO_DEEP");
    expect(errorOf([deep(100_000)]).code).toBe("NESTED_TOO_DEEP");
    const objects = `2["x",${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}]`;
    expect(errorOf([objects]).code).toBe("NESTED_TOO_DEEP");
  });

  it("counts a placeholder as a level", () => {
    const decoder = new Decoder({ maxDepth: 1 });
    expect(errorOf([`51-["x",${P0}]`], decoder).code).toBe("NESTED_TOO_DEEP");
    expect(decoder.decode('2["x","y"]')?.data).toEqual(["x", "y"]);
  });

  it("counts levels, not brackets: those in strings and those side by side are free", () => {
    const brackets = JSON.stringify(["x", '\\"[{'.repeat(5_000), "\\", "[".repeat(5_000)]);
    expect(decode(`2${brackets}`)?.data).toEqual(JSON.parse(brackets));
    expect(decode(`2["x",${Array.from({ length: 5_000 }, () => '[{"a":1}]').join()}]`)).toBeDefined();
    expect(errorOf([`2["x","${"[".repeat(5_000)}`]).message).toBe("invalid payload");
  });

  it("lets the answer to the deepest packet be encoded, with levels of its own around it", () => {
    const packet = decode(deep(999)) as Packet;
    expect(new Encoder().encode({ ...packet, data: ["x", { from: 1, data: packet.data }] })).toHaveLength(1);
  });
});

describe("the decoder as an emitter", () => {
  it("calls its listeners synchronously, each once per packet", () => {
    const decoder = new Decoder();
    const always = vi.fn();
    const once = vi.fn();
    decoder.once("decoded", once);
    decoder.add('2["a"]');
    decoder.on("decoded", always);
    decoder.add(`51-["b",${P0}]`);
    expect(always).not.toHaveBeenCalled();
    decoder.add(one);
    decoder.removeListener("decoded", always);
    decoder.add('2["c"]');
    expect(once.mock.calls).toEqual([[{ type: 2, nsp: "/", data: ["a"] }]]);
    expect(always.mock.calls).toEqual([[{ type: 2, nsp: "/", data: ["b", one] }]]);
  });

  it("calls all listeners although one removes itself", () => {
    const decoder = new Decoder();
    const second = vi.fn();
    decoder.once("decoded", () => undefined);
    decoder.on("decoded", second);
    decoder.add("0");
    expect(second).toHaveBeenCalledOnce();
  });

  it("passes values through a reviver, given alone or as an option", () => {
    const reviver = (_key: string, value: unknown) => (value === "1n" ? 1n : value);
    expect(new Decoder(reviver).decode('2["a","1n"]')?.data).toEqual(["a", 1n]);
    expect(new Decoder({ reviver }).decode('2["a","1n"]')?.data).toEqual(["a", 1n]);
    const throws = new Decoder(() => {
      throw new Error("mine");
    });
    expect(errorOf(['2["a"]'], throws)).toMatchObject({
      code: "INVALID_PAYLOAD",
      cause: { message: "mine" },
    });
  });
});

describe("the package", () => {
  it("is the codec of protocol revision 5, in the form that servers take", () => {
    expect(protocol).toBe(5);
    expect(new parser.Encoder().encode({ type: 2, nsp: "/", data: ["a"] })).toEqual(['2["a"]']);
    expect(new parser.Decoder()).toBeInstanceOf(Decoder);
  });
});
