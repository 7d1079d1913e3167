import { expect, suite } from "../suite.ts";
import { once } from "../waiting.ts";
import type { Packet } from "../wire/wire.ts";
import { connectedId, type World } from "../world.ts";

type Ack = (...args: unknown[]) => void;

const bytes = Buffer.from([1, 2, 3]);
const placeholder = (num: string): string => `451-["x",{"_placeholder":true,"num":${num}}]`;

/** Packets that cannot be read: the socket gets `error`, then its connection is closed. */
const unreadable: [name: string, ...packets: Packet[]][] = [
  ["no Socket.IO packet at all", "4"],
  ["an unknown packet type", "49"],
  ["text that is no packet", "4abc"],
  ["broken JSON", '42["x"'],
  ["an event that is no array", "42{}"],
  ["an event without a payload", "42"],
  ["an event without a name", "42[]"],
  ["an event named null", "42[null]"],
  ["an event named by an object", "42[{}]"],
  ["letters where an acknowledgement id belongs", '42abc["x"]'],
  ["an acknowledgement that is no array", '430{"a":1}'],
  ["a DISCONNECT with a payload", "41{}"],
  ["a CONNECT whose payload is an array", "40/other,[]"],
  ["a CONNECT whose payload is a string", '40/other,"x"'],
  ["a CONNECT whose payload is null", "40/other,null"],
  ["bytes without a header", bytes],
  ["a binary event without a count of attachments", '45["x"]'],
  ["a binary event with no attachments", '450-["x"]'],
  ["a negative count of attachments", '45-1-["x"]'],
  ["a fractional count of attachments", '451.5-["x"]'],
  ["more attachments than allowed", '4511-["x"]'],
  ["a count of attachments beyond all numbers", '4599999999999999999999-["x"]'],
  ["text where an attachment is missing", placeholder("0"), '42["x"]'],
  ["a placeholder naming a method", placeholder('"splice"'), bytes],
  ["a placeholder naming the prototype", placeholder('"__proto__"'), bytes],
  ["a placeholder with a negative number", placeholder("-1"), bytes],
  ["a placeholder beyond the attachments", placeholder("1"), bytes],
  ["a placeholder with a fraction", placeholder("0.5"), bytes],
  ...["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"].map(
    (name): [string, string] => [`an event with the reserved name ${name}`, `42["${name}"]`],
  ),
];

/** Packets that are well formed and out of place. */
const misplaced: [name: string, ...packets: Packet[]][] = [
  ["a second CONNECT", "40"],
  ["a CONNECT_ERROR", '44{"message":"x"}'],
  ["an event for a namespace that was not joined", '42/other,["x"]'],
  ["an acknowledgement for a namespace that was not joined", "43/other,0[]"],
  ["a DISCONNECT from a namespace that was not joined", "41/other,"],
];

/** Runs `attack` while another client is connected, which must notice nothing. */
async function besides(world: World, attack: () => Promise<void>): Promise<void> {
  const bystander = await world.pair();
  bystander.socket.on("ask", (ack: Ack) => ack("still here"));
  await attack();
  expect(await bystander.client.emitWithAck("ask")).toBe("still here");
  expect(bystander.socket.connected).toBe(true);
}

/** Bad packets (socketio-protocol, "Invalid packets" and "Per-connection state machine"). */
export const badInput = suite("bad packets", (behaves, transport) => {
  // A polling session without a waiting poll cannot be closed at once; its sockets are.
  const reason = transport === "polling" ? "forced server close" : "forced close";

  for (const [name, ...packets] of unreadable) {
    behaves(`${name} is an error and closes that client's connection only`, async (world) => {
      await besides(world, async () => {
        world.io.of("/other");
        const { wire, socket } = await world.joinedWire();
        const [failed, gone] = [once(socket, "error"), once(socket, "disconnect")];
        await wire.send(...packets);
        expect((await failed)[0]).toBeInstanceOf(Error);
        expect(await wire.rest()).toEqual([]);
        expect((await gone)[0]).toBe("forced close");
      });
    });
  }

  for (const [name, ...packets] of misplaced) {
    behaves(`${name} closes that client's connection only`, async (world) => {
      await besides(world, async () => {
        world.io.of("/other");
        const { wire, socket } = await world.joinedWire();
        const gone = once(socket, "disconnect");
        await wire.send(...packets);
        expect((await gone)[0]).toBe(reason);
        expect(await wire.rest()).toEqual([]);
      });
    });
  }

  for (const space of [" ", "\n", "\t", "\u00A0"])
    behaves(`a CONNECT followed by the white space ${JSON.stringify(space)} is a CONNECT`, async (world) => {
      world.io.of("/other");
      const wire = await world.wire();
      await wire.send(`40${space}`, `40/other,${space}`);
      connectedId(await wire.next());
      expect(await wire.next()).toMatch(/^40\/other,\{"sid":/);
      await wire.send(`41/other,${space}`, `42${space}["x"]`);
    });

  behaves("an event before any CONNECT closes the connection", async (world) => {
    await besides(world, async () => {
      const wire = await world.wire();
      await wire.send('42["x"]');
      expect(await wire.rest()).toEqual([]);
    });
  });

  behaves("an event while a middleware still decides closes the connection", async (world) => {
    const wire = await world.wire();
    world.io.of("/slow").use(() => {});
    await wire.send("40/slow,", '42/slow,["x"]');
    expect(await wire.rest()).toEqual([]);
  });

  behaves("what follows a bad packet is not read", async (world) => {
    const { wire, socket } = await world.joinedWire();
    socket.on("after", () => expect.unreachable("a packet after the bad one is read"));
    const gone = once(socket, "disconnect");
    await wire.send("4abc", '42["after"]');
    expect(await wire.rest()).toEqual([]);
    await gone;
  });

  behaves("an object posing as a placeholder in a text event is plain data", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const heard = once(socket, "x");
    await wire.send('42["x",{"_placeholder":true,"num":"splice"}]');
    expect(await heard).toEqual([{ _placeholder: true, num: "splice" }]);
  });

  behaves("keys of Object's prototype in a payload change no prototype", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const heard = once(socket, "x");
    await wire.send(
      '451-["x",{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"b":{"_placeholder":true,"num":0}}]',
      bytes,
    );
    const [data] = (await heard) as [{ admin?: boolean; b: Buffer }];
    expect(data.admin).toBeUndefined();
    expect(data.b).toEqual(bytes);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  behaves("a partial binary packet is forgotten with its connection", async (world) => {
    await besides(world, async () => {
      const { wire, socket } = await world.joinedWire();
      const gone = once(socket, "disconnect");
      await wire.send('452-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', bytes);
      if (transport === "polling") await wire.send("1");
      else wire.drop();
      expect((await gone)[0]).toBe("transport close");
    });
  });

  behaves("data nested twenty thousand levels deep harms nobody", async (world) => {
    await besides(world, async () => {
      const { wire } = await world.joinedWire();
      await wire.send(`42["deep",${"[".repeat(20_000)}${"]".repeat(20_000)}]`);
    });
  });

  behaves("a namespace named like a property of Object is just unknown", async (world) => {
    const { wire } = await world.joinedWire();
    for (const name of ["/__proto__", "/constructor", "/toString"]) {
      await wire.send(`40${name},`);
      expect(await wire.next()).toBe(`44${name},{"message":"Invalid namespace"}`);
    }
  });

  behaves("rooms and events named like properties of Object are just names", async (world) => {
    const { wire, socket } = await world.joinedWire();
    await socket.join(["__proto__", "constructor"]);
    world.io.to("__proto__").except("toString").emit("hasOwnProperty", 1);
    expect(await wire.next()).toBe('42["hasOwnProperty",1]');
    const heard = once(socket, "__proto__");
    await wire.send('42["toString"]', '42["__proto__",1]');
    expect(await heard).toEqual([1]);
  });
});
