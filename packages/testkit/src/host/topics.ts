import { PreparedMessage } from "@skein/engine";
import { describe, expect, it } from "vitest";
import type { HostUnderTest } from "./host-under-test.ts";

/** Tests of the contract of `TopicBus`. */
export function topicSuite(at: HostUnderTest): void {
  describe("topics, where the host has them", () => {
    it("publishes to subscribers, in order with what is sent to the same port", async ({ skip }) => {
      const { topics } = at.host;
      if (topics === undefined) return skip("the host does not publish natively");
      const [first, second] = [await at.open(), await at.open()];
      topics.subscribe(first.port, "room");
      topics.subscribe(second.port, "room");
      topics.unsubscribe(second.port, "room");
      first.port.send(["before"], true);
      topics.publish("room", [new PreparedMessage("news"), new PreparedMessage(Uint8Array.of(1))]);
      first.port.send(["after"], true);
      second.port.send(["alone"], true);
      expect(await first.peer.messages.take(4)).toEqual(["before", "4news", Buffer.of(1), "after"]);
      expect(await second.peer.messages.next()).toBe("alone");
      first.peer.terminate();
      second.peer.terminate();
    });
  });
}
