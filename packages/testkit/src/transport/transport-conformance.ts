import type {
  EngineError,
  OutgoingPacket,
  ReceivedPacket,
  SessionTransport,
  TransportListener,
} from "@skein/engine";
import { beforeEach, describe, expect, it } from "vitest";
import { Arrivals } from "../arrivals.ts";
import type { ClientClose } from "../clients/host-client.ts";

/** The far end of a transport under test. */
export interface TransportPeer {
  /** Lets the transport take one batch, if that needs the peer: a poll. */
  ready(): void;
  /**
   * Receives the packets of the next batch, or of `count` messages if the batch was sent as one
   * message per packet.
   */
  receive(count: number): Promise<readonly ReceivedPacket[]>;
  /** Sends packets of messages. */
  send(...packets: readonly OutgoingPacket[]): void;
  /** Sends an invalid packet. Absent if the transport can't carry one. */
  sendNonsense?(): void;
  /** Breaks the connection, or disconnects. */
  leave(): void;
  /** The close status sent by the transport at its end. Absent if the transport can't carry one. */
  readonly closed?: Promise<ClientClose>;
}

export interface TransportHarness {
  /** Creates a transport that calls `listener`, and grants nothing before `start`. */
  create(listener: TransportListener): Promise<WiredTransport> | WiredTransport;
}

export interface WiredTransport {
  readonly transport: SessionTransport;
  readonly peer: TransportPeer;
  /** Lets the transport grant its first batch, if it does so by itself. */
  start(): void;
}

/** Records the events of a transport, to be awaited. */
class RecordingListener implements TransportListener {
  readonly grants = new Arrivals<SessionTransport>();
  readonly packets = new Arrivals<ReceivedPacket>();
  readonly ends = new Arrivals<EngineError | "closed">();

  onWritable(transport: SessionTransport): void {
    this.grants.push(transport);
  }

  onPacket(_transport: SessionTransport, packet: ReceivedPacket): void {
    this.packets.push(packet);
  }

  onClose(): void {
    this.ends.push("closed");
  }

  onFailure(_transport: SessionTransport, error: EngineError): void {
    this.ends.push(error);
  }
}

const STATUS = { code: 4001, reason: "enough" };

function message(data: string | Uint8Array): OutgoingPacket {
  return { type: "message", data };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Registers the conformance suite of transports. Call it at the top level of a test file. */
export function transportConformance(name: string, harness: TransportHarness): void {
  describe(`${name} as a transport`, () => {
    let ear: RecordingListener;
    let wired: WiredTransport;

    beforeEach(async () => {
      ear = new RecordingListener();
      wired = await harness.create(ear);
    });

    async function grant(): Promise<void> {
      wired.start();
      wired.peer.ready();
      expect(await ear.grants.next()).toBe(wired.transport);
    }

    it("grants nothing before it can take something", () => {
      expect(ear.grants.pending).toEqual([]);
    });

    it("carries a batch in its order", async () => {
      await grant();
      wired.transport.send([message("a€"), message(Uint8Array.of(0, 255)), { type: "ping" }, message("b")]);
      const received = await wired.peer.receive(4);
      expect(
        received.map(({ type, data }) => [type, typeof data === "string" ? data : data && [...data]]),
      ).toEqual([
        ["message", "a€"],
        ["message", [0, 255]],
        ["ping", undefined],
        ["message", "b"],
      ]);
    });

    it("neither keeps nor changes the batch", async () => {
      await grant();
      const batch = [message("a"), message("b")];
      const copy = [...batch];
      wired.transport.send(batch);
      expect(batch).toEqual(copy);
      batch.length = 0;
      expect(await wired.peer.receive(2)).toHaveLength(2);
    });

    it("grants again once it can take more", async () => {
      await grant();
      for (const text of ["1", "2", "3"]) {
        wired.transport.send([message(text)]);
        expect(await wired.peer.receive(1)).toMatchObject([{ type: "message", data: text }]);
        wired.peer.ready();
        await ear.grants.next();
      }
      expect(ear.grants.pending).toEqual([]);
    });

    it("tells of packets in their order", async () => {
      wired.start();
      wired.peer.send(message("a"), message(Uint8Array.of(1, 2)), { type: "pong", data: "probe" });
      const packets = await ear.packets.take(3);
      expect(
        packets.map(({ type, data }) => [type, typeof data === "string" ? data : data && [...data]]),
      ).toEqual([
        ["message", "a"],
        ["message", [1, 2]],
        ["pong", "probe"],
      ]);
    });

    it.each(["close", "discard"] as const)(
      "does not call back after %s, called any number of times",
      async (end) => {
        await grant();
        wired.transport[end](STATUS);
        wired.transport[end](STATUS);
        wired.peer.send(message("late"));
        wired.peer.leave();
        await settle();
        expect([ear.packets.pending, ear.ends.pending, ear.grants.pending]).toEqual([[], [], []]);
      },
    );

    it.for(["close", "discard"] as const)("tells its peer why, with %s", async (end, { skip }) => {
      const { closed } = wired.peer;
      if (closed === undefined) return skip("the wire has no place for it");
      await grant();
      wired.transport[end](STATUS);
      expect(await closed).toEqual(STATUS);
    });

    it("may be ended before it granted anything", () => {
      expect(() => {
        wired.transport.close(STATUS);
        wired.transport.discard(STATUS);
      }).not.toThrow();
      expect(ear.ends.pending).toEqual([]);
    });

    it("tells once when the peer is gone, and nothing after that", async () => {
      await grant();
      wired.peer.leave();
      await ear.ends.next();
      wired.peer.leave();
      wired.transport.close(STATUS);
      await settle();
      expect([ear.packets.pending, ear.ends.pending]).toEqual([[], []]);
    });

    it("fails once on what is no packet, and tells nothing after that", async ({ skip }) => {
      const { sendNonsense } = wired.peer;
      if (sendNonsense === undefined) return skip("the wire carries nothing but packets");
      wired.start();
      sendNonsense.call(wired.peer);
      expect(await ear.ends.next()).toMatchObject({ code: "PARSE_ERROR" });
      wired.peer.send(message("late"));
      await settle();
      expect([ear.packets.pending, ear.ends.pending]).toEqual([[], []]);
    });

    it("counts no bytes when none wait", async () => {
      await grant();
      wired.transport.send([message("a")]);
      await wired.peer.receive(1);
      expect(wired.transport.bufferedAmount).toBe(0);
    });
  });
}
