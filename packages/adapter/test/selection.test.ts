import { eventPacket, FakeLocalSockets, whom } from "@skein/testkit";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { inMemoryAdapter } from "../src/index.ts";

const IDS = ["s0", "s1", "s2", "s3", "s4"] as const;
const id = fc.constantFrom(...IDS);
/** Some rooms are the sockets' own. */
const room = fc.constantFrom("red", "green", "blue", "nowhere", "s0", "s1");

const step = fc.oneof(
  fc.record({ kind: fc.constant("join" as const), id, room }),
  fc.record({ kind: fc.constant("leave" as const), id, room }),
  fc.record({ kind: fc.constant("leave all" as const), id }),
  fc.record({ kind: fc.constant("look" as const), id, room }),
  fc.record({
    kind: fc.constant("send" as const),
    rooms: fc.uniqueArray(room, { maxLength: 3 }),
    except: fc.uniqueArray(room, { maxLength: 2 }),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Membership as pairs, and selection as the sentence that defines it. */
class Model {
  pairs: { id: string; room: string }[] = [];

  has(one: string, other: string): boolean {
    return this.pairs.some((pair) => pair.id === one && pair.room === other);
  }

  meant(rooms: readonly string[], except: readonly string[]): string[] {
    return IDS.filter((one) => rooms.length === 0 || rooms.some((name) => this.has(one, name))).filter(
      (one) => !except.some((name) => this.has(one, name)),
    );
  }
}

/** Takes a step in both worlds and tells what each of them shows of it. */
function take(
  local: FakeLocalSockets,
  model: Model,
  action: Step,
): readonly [shown: unknown, wanted: unknown] {
  switch (action.kind) {
    case "join":
      void local.adapter.addAll(action.id, new Set([action.room]));
      if (!model.has(action.id, action.room)) model.pairs.push({ id: action.id, room: action.room });
      return [true, true];
    case "leave":
      void local.adapter.del(action.id, action.room);
      model.pairs = model.pairs.filter((pair) => pair.id !== action.id || pair.room !== action.room);
      return [true, true];
    case "leave all":
      local.adapter.delAll(action.id);
      model.pairs = model.pairs.filter((pair) => pair.id !== action.id);
      return [local.adapter.socketRooms(action.id), undefined];
    case "look": {
      const inRoom = local.adapter.rooms.get(action.room)?.has(action.id) ?? false;
      const ofSocket = local.adapter.socketRooms(action.id)?.has(action.room) ?? false;
      const isMember = model.has(action.id, action.room);
      return [
        [inRoom, ofSocket],
        [isMember, isMember],
      ];
    }
    case "send":
      return [reached(local, action.rooms, action.except), model.meant(action.rooms, action.except)];
  }
}

function reached(local: FakeLocalSockets, rooms: string[], except: string[]): string[] {
  const order: string[] = [];
  for (const socket of local.sockets.values()) socket.onDeliver = () => order.push(socket.id);
  local.adapter.broadcast(eventPacket("hello"), whom(rooms, except));
  return order.toSorted();
}

it("agrees with a naive model after any joins and leaves, for any rooms and exceptions", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const local = new FakeLocalSockets(inMemoryAdapter());
      const model = new Model();
      for (const one of IDS) {
        local.connect(one);
        model.pairs.push({ id: one, room: one });
      }
      for (const action of steps) {
        const [shown, wanted] = take(local, model, action);
        expect(shown).toEqual(wanted);
      }
      const names = new Set(model.pairs.map((pair) => pair.room));
      const rooms = [...names].map((name) => [name, new Set(model.meant([name], []))] as const);
      expect(new Map(local.adapter.rooms)).toEqual(new Map(rooms));
    }),
    { numRuns: 500 },
  );
});
