import type { AdapterFactory, BroadcastOptions, SessionReservation, SessionToPersist } from "@skein/adapter";
import { expect, it } from "vitest";
import { type FakeLocalSocket, FakeLocalSockets } from "../fakes/fake-local-sockets.ts";
import { eventPacket, settled, whom } from "./packets.ts";

const PID = "secret";
const ROOMS = ["a", "red"];

type Events = readonly (readonly unknown[])[] | null | undefined;

function names(events: Events): unknown[] | null {
  return events?.map(([name]) => name) ?? null;
}

/** One node with a client that is either connected as the socket `a`, or disconnected. */
class ReturningClient {
  readonly local: FakeLocalSockets;
  #socket: FakeLocalSocket;
  /** Offset of the last event that the client received. */
  offset: string | undefined;

  constructor(createAdapter: AdapterFactory) {
    this.local = new FakeLocalSockets(createAdapter);
    this.#socket = this.local.connect("a", "red");
  }

  async send(name: string, options: BroadcastOptions = whom()): Promise<void> {
    this.local.adapter.broadcast(eventPacket(name), options);
    await settled();
  }

  /** Names of the events that were delivered to the socket. */
  get heard(): unknown[] | null {
    return names(this.#socket.received);
  }

  /** Receives all deliveries and loses the connection. */
  drop(): void {
    const offsets = this.#socket.received.map((data) => String(data.at(-1)));
    const [first] = offsets;
    const last = offsets.at(-1);
    this.offset = last;
    const sent = first === undefined || last === undefined ? undefined : { first, last };
    const session: SessionToPersist = { sid: "a", pid: PID, rooms: ROOMS, data: { name: "Ann" }, sent };
    this.local.adapter.persistSession(session);
    this.#socket.disconnect(true);
  }

  async reserve(): Promise<SessionReservation | null> {
    return this.local.adapter.restoreSession(PID, this.offset);
  }

  /**
   * Returns the names of the reserved events, and connects the client in the same tick unless they
   * are null.
   */
  async admit(reservation: SessionReservation | null): Promise<unknown[] | null> {
    await reservation?.fetch?.();
    const missed = reservation?.take(new Set(ROOMS));
    if (missed) this.#socket = this.local.connect("a", "red");
    return names(missed);
  }
}

/** A disconnected client that has received one event. */
async function away(createAdapter: AdapterFactory): Promise<ReturningClient> {
  const client = new ReturningClient(createAdapter);
  await client.local.adapter.init();
  await client.send("seen");
  client.drop();
  return client;
}

/** Tests of adapters that keep sessions. */
export function recoverySuite(createAdapter: AdapterFactory): void {
  it("reserves a session as it was persisted", async () => {
    const client = await away(createAdapter);
    const reservation = await client.reserve();
    expect(reservation?.session).toMatchObject({ sid: "a", pid: PID, rooms: ROOMS, data: { name: "Ann" } });
    reservation?.release();
    await client.local.adapter.close();
  });

  it("gives all that was missed up to the admission, then live events: each once, and in order", async () => {
    const client = await away(createAdapter);
    await client.send("before");
    const reservation = await client.reserve();
    await client.send("to all");
    await client.send("to its room", whom(["red", "blue"]));
    await client.send("to it alone", whom(["a"]));
    await client.send("to others", whom(["blue"]));
    await client.send("not to it", whom([], ["red"]));
    await client.send("volatile", whom([], [], { volatile: true }));
    expect(await client.admit(reservation)).toEqual(["before", "to all", "to its room", "to it alone"]);
    await client.send("live");
    expect(client.heard).toEqual(["live"]);
    await client.local.adapter.close();
  });

  it("gives a session that was released to the next who asks, with all that was missed", async () => {
    const client = await away(createAdapter);
    const discarded = await client.reserve();
    await client.send("first");
    discarded?.release();
    await client.send("second");
    expect(await client.admit(await client.reserve())).toEqual(["first", "second"]);
    await client.local.adapter.close();
  });

  it("uses a session up by its admission, until it is persisted again", async () => {
    const client = await away(createAdapter);
    const reservation = await client.reserve();
    expect(await client.admit(reservation)).toEqual([]);
    expect(reservation?.take(new Set(ROOMS))).toBeNull();
    await client.send("seen again");
    client.drop();
    await client.send("missed");
    expect(await client.admit(await client.reserve())).toEqual(["missed"]);
    await client.local.adapter.close();
  });

  it("lets the newest reservation of a session win, whatever becomes of the former one", async () => {
    const client = await away(createAdapter);
    const former = await client.reserve();
    const newest = await client.reserve();
    await client.send("missed");
    expect(former?.take(new Set(ROOMS)) ?? null).toBeNull();
    former?.release();
    expect(await client.admit(newest)).toEqual(["missed"]);
    await client.local.adapter.close();
  });

  it("gives nothing for rooms that were left since, and nothing missed in those that were joined since", async () => {
    const client = await away(createAdapter);
    const reservation = await client.reserve();
    await client.send("to the room that is left", whom(["red"]));
    await client.send("not to that room", whom([], ["red"]));
    await client.send("to the room that is joined", whom(["blue"]));
    await client.send("to it alone", whom(["a"]));
    await reservation?.fetch?.();
    expect(names(reservation?.take(new Set(["a", "blue"])))).toEqual(["to it alone"]);
    await client.local.adapter.close();
  });

  it("reserves nothing for an unknown private id", async () => {
    const client = await away(createAdapter);
    expect(await client.local.adapter.restoreSession("guess", client.offset)).toBeNull();
    await client.local.adapter.close();
  });
}

/** Tests of adapters that keep no sessions. */
export function noRecoverySuite(createAdapter: AdapterFactory): void {
  it("restores nobody", async () => {
    const client = await away(createAdapter);
    expect(await client.reserve()).toBeNull();
    await client.local.adapter.close();
  });
}
