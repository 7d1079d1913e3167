import { eventPacket, FakeLocalSockets, whom } from "@skein/testkit";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import {
  type BroadcastOptions,
  RecoverableInMemoryAdapter,
  type RecoveryOptions,
  type SentOffsets,
  type SessionReservation,
} from "../src/index.ts";
import { ManualTiming } from "./manual-timing.ts";

/** Options of fast-check; give `fc.assert` the printed seed and path to reproduce a failure. */
const RUNS = { numRuns: 500 };

const CLIENTS = 3;

type Events = readonly (readonly unknown[])[];

/** A reservation, and whether the model says that it can still be taken. */
interface Claim {
  readonly reservation: SessionReservation;
  isHolder: boolean;
}

function offsetOf(event: readonly unknown[] | undefined): string | undefined {
  const last = event?.at(-1);
  return typeof last === "string" ? last : undefined;
}

/** One client, and what the server knows of it. */
class Client {
  readonly sid: string;
  readonly rooms: readonly string[];
  /** Numbers of the events that it should have had in this life, and of those that it had. */
  expected: unknown[] = [];
  heard: unknown[] = [];
  /** Of the last event that it had. */
  offset: string | undefined;
  claims: Claim[] = [];
  readonly #node: Node;
  /** What it had missed when it was admitted to this connection. */
  #missed: Events = [];
  #sent: SentOffsets | undefined;

  constructor(node: Node, index: number) {
    this.#node = node;
    this.sid = `client ${index}`;
    this.rooms = [this.sid, `room ${index % 2}`];
    node.local.connect(this.sid, ...this.rooms);
  }

  get isConnected(): boolean {
    return this.#node.local.sockets.has(this.sid);
  }

  /** Whether the broadcast is meant for it. */
  isMeant({ rooms, except }: BroadcastOptions): boolean {
    const isTargeted = rooms.size === 0 || this.rooms.some((room) => rooms.has(room));
    return isTargeted && !this.rooms.some((room) => except.has(room));
  }

  /** It loses its connection, and with it the last events on the way. */
  drop(inFlight: number): void {
    const socket = this.#node.local.sockets.get(this.sid);
    if (socket === undefined) return;
    const wire = [...this.#missed, ...socket.received];
    for (const event of wire.slice(0, Math.max(0, wire.length - inFlight))) this.#hear(event);
    const first = this.#sent?.first ?? offsetOf(wire[0]);
    const last = offsetOf(wire.at(-1)) ?? this.#sent?.last;
    const sent = first === undefined || last === undefined ? undefined : { first, last };
    const session = { sid: this.sid, pid: this.sid, rooms: this.rooms, data: {}, sent };
    this.#node.adapter.persistSession(session);
    socket.disconnect(true);
    for (const claim of this.claims) claim.isHolder = false;
  }

  /** Requests the session, which ends its former connection. False if there is none. */
  claim(): boolean {
    this.drop(0);
    const reservation = this.#node.adapter.restoreSession(this.sid, this.offset);
    if (reservation === null) return false;
    for (const former of this.claims) former.isHolder = false;
    this.claims.push({ reservation, isHolder: true });
    return true;
  }

  release(claim: Claim): void {
    claim.reservation.release();
    claim.isHolder = false;
  }

  /** Lets it in. Returns false if the reservation gave nothing. */
  admit(claim: Claim): boolean {
    const missed = claim.reservation.take(new Set(this.rooms));
    claim.isHolder = false;
    if (missed === null) return false;
    // Two sockets never hold one session.
    if (this.isConnected) throw new Error(`two sockets hold the session of ${this.sid}`);
    this.#connect(missed);
    this.#sent = this.offset === undefined ? undefined : { first: this.offset, last: this.offset };
    return true;
  }

  /** It can't come back: it begins a new life. */
  beginAnew(): void {
    for (const claim of this.claims) this.release(claim);
    this.claims = [];
    this.expected = [];
    this.heard = [];
    this.offset = undefined;
    this.#sent = undefined;
    this.#connect([]);
  }

  #connect(missed: Events): void {
    this.#missed = missed;
    this.#node.local.connect(this.sid, ...this.rooms);
  }

  #hear(event: readonly unknown[]): void {
    this.heard.push(event[1]);
    this.offset = offsetOf(event);
  }
}

/** One node with its clients. */
class Node {
  readonly timing = new ManualTiming();
  readonly local: FakeLocalSockets;
  readonly clients: readonly Client[];
  #lastEvent = 0;

  constructor(limits: RecoveryOptions) {
    this.local = new FakeLocalSockets(
      (sockets) => new RecoverableInMemoryAdapter(sockets, limits, this.timing),
    );
    this.clients = Array.from({ length: CLIENTS }, (_, index) => new Client(this, index));
  }

  get adapter(): RecoverableInMemoryAdapter {
    return this.local.adapter as RecoverableInMemoryAdapter;
  }

  send(options: BroadcastOptions): void {
    const event = ++this.#lastEvent;
    for (const client of this.clients) if (client.isMeant(options)) client.expected.push(event);
    this.adapter.broadcast(eventPacket("event", event), options);
  }
}

type Step = (node: Node, isLimited: boolean) => void;

const client = fc.nat({ max: CLIENTS - 1 });
const room = fc.oneof(
  client.map((index) => `client ${index}`),
  fc.constantFrom("room 0", "room 1", "elsewhere"),
);

const sending = fc.tuple(fc.array(room, { maxLength: 2 }), fc.array(room, { maxLength: 1 })).map(
  ([rooms, except]): Step =>
    (node) =>
      node.send(whom(rooms, except)),
);
const dropping = fc.tuple(client, fc.nat({ max: 3 })).map(
  ([index, inFlight]): Step =>
    (node) =>
      node.clients[index]?.drop(inFlight),
);
const claiming = client.map(
  (index): Step =>
    (node, isLimited) => {
      const found = node.clients[index]?.claim();
      if (found === true) return;
      mayBeLost(isLimited);
      node.clients[index]?.beginAnew();
    },
);
const releasing = fc.tuple(client, fc.nat()).map(
  ([index, which]): Step =>
    (node) => {
      const { claims = [] } = node.clients[index] ?? {};
      const claim = claims[which % Math.max(1, claims.length)];
      if (claim !== undefined) node.clients[index]?.release(claim);
    },
);
const admitting = fc.tuple(client, fc.nat()).map(
  ([index, which]): Step =>
    (node, isLimited) => {
      const { claims = [] } = node.clients[index] ?? {};
      const claim = claims[which % Math.max(1, claims.length)];
      if (claim !== undefined) admit(node.clients[index], claim, isLimited);
    },
);
const waiting = fc.nat({ max: 400 }).map(
  (milliseconds): Step =>
    (node, isLimited) =>
      node.timing.advance(isLimited ? milliseconds : 1),
);

/** A session is lost: that is only for limits to do. */
function mayBeLost(isLimited: boolean): void {
  if (!isLimited) throw new Error("a session was lost without need");
}

/** Only the holder is let in, and unless the limits say otherwise the holder always is. */
function admit(who: Client | undefined, claim: Claim, isLimited: boolean): void {
  const { isHolder } = claim;
  const isIn = who?.admit(claim) === true;
  if (!isHolder && isIn) throw new Error("a void reservation was taken");
  if (isHolder && !isIn) {
    mayBeLost(isLimited);
    who?.beginAnew();
  }
}

function run(steps: readonly Step[], limits: RecoveryOptions, isLimited: boolean): void {
  const node = new Node(limits);
  for (const step of steps) step(node, isLimited);
  for (const who of node.clients) {
    if (!who.claim()) {
      mayBeLost(isLimited);
      continue;
    }
    const claim = who.claims.at(-1);
    if (claim !== undefined) admit(who, claim, isLimited);
    who.drop(0);
    expect(who.heard).toEqual(who.expected);
  }
}

const interleaving = fc.array(fc.oneof(sending, dropping, claiming, releasing, admitting, waiting), {
  maxLength: 60,
  size: "max",
});

it("loses no event, doubles none and keeps their order, however claims, drops and discards interleave", () => {
  fc.assert(
    fc.property(interleaving, (steps) => run(steps, {}, false)),
    RUNS,
  );
});

it("does so too in each life of a client where limits of time and bytes end some of them", () => {
  const limits = fc.record({
    maxDisconnectionDuration: fc.integer({ min: 100, max: 1000 }),
    maxBytes: fc.integer({ min: 100, max: 800 }),
  });
  fc.assert(
    fc.property(interleaving, limits, (steps, given) => run(steps, given, true)),
    RUNS,
  );
});
