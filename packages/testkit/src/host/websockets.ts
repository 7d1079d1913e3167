import { PreparedMessage } from "@skein/engine";
import { describe, expect, it } from "vitest";
import { type HostUnderTest, MAX_PAYLOAD } from "./host-under-test.ts";

/** Tests of the contract of `WebSocketPort` and its listener. */
export function webSocketSuite(at: HostUnderTest): void {
  describe("WebSockets", () => {
    it("carries text and bytes to the server in their order", async () => {
      const { ear, peer } = await at.open();
      peer.send("h€llo");
      peer.send(Uint8Array.of(0, 255));
      peer.send("");
      expect(await ear.messages.take(3)).toEqual(["h€llo", Buffer.of(0, 255), ""]);
      peer.terminate();
    });

    it("carries a batch to the client in its order, whatever the sizes", async () => {
      const { port, peer } = await at.open();
      const texts = [0, 1, 41, 42, 125, 126, 500].map((length) => "€".repeat(length));
      port.send([...texts, Uint8Array.of(1, 2), "end"], true);
      expect(await peer.messages.take(9)).toEqual([...texts, Buffer.of(1, 2), "end"]);
      port.send(["x".repeat(70_000), new Uint8Array(66_000)], true);
      expect(await peer.messages.take(2)).toEqual(["x".repeat(70_000), Buffer.alloc(66_000)]);
      peer.terminate();
    });

    it("sends a prepared message in its revision 4 form", async () => {
      const { port, peer } = await at.open();
      port.send([new PreparedMessage("h€")], true);
      port.send([new PreparedMessage(Uint8Array.of(7)), "after", new PreparedMessage("x")], true);
      expect(await peer.messages.take(4)).toEqual(["4h€", Buffer.of(7), "after", "4x"]);
      peer.terminate();
    });

    it("closes after what was sent", async () => {
      const { ear, port, peer } = await at.open();
      port.send(["a", "b"], true);
      port.close();
      port.close();
      expect(await peer.messages.take(2)).toEqual(["a", "b"]);
      expect((await peer.closed).code).toBe(1005);
      expect(await ear.closes.next()).toEqual({ error: undefined });
      expect(ear.closes.pending).toEqual([]);
    });

    it("closes with a code and a reason", async () => {
      const { port, peer } = await at.open();
      port.close(4001, "enough");
      expect(await peer.closed).toEqual({ code: 4001, reason: "enough" });
    });

    it("tells when the peer closes", async () => {
      const { ear, peer } = await at.open();
      peer.send("last");
      peer.close(4000);
      expect(await ear.messages.next()).toBe("last");
      expect(await ear.closes.next()).toEqual({ error: undefined });
    });

    it("tells when the peer vanishes", async () => {
      const { ear, peer } = await at.open();
      peer.terminate();
      await ear.closes.next();
    });

    it("takes no more after the end", async () => {
      const { ear, port, peer } = await at.open();
      peer.close();
      await ear.closes.next();
      expect(() => {
        port.send(["late"], true);
        port.close();
        port.terminate();
      }).not.toThrow();
    });

    it("drops the connection without telling whoever dropped it", async () => {
      const { ear, port, peer } = await at.open();
      port.terminate();
      expect((await peer.closed).code).toBe(1006);
      await at.roundTrip();
      expect(ear.closes.pending).toEqual([]);
    });

    it("takes a message of exactly the limit", async () => {
      const { ear, peer } = await at.open();
      peer.send("x".repeat(MAX_PAYLOAD));
      expect(await ear.messages.next()).toHaveLength(MAX_PAYLOAD);
      peer.terminate();
    });

    it("ends the connection of a peer whose message is too large", async () => {
      const { ear, peer } = await at.open();
      peer.send("x".repeat(MAX_PAYLOAD + 1));
      const { error } = await ear.closes.next();
      expect(error).toBeInstanceOf(Error);
      expect(ear.messages.pending).toEqual([]);
      await peer.closed;
    });

    it("stops taking when the peer does not read, and tells when it does again", async () => {
      const { ear, port, peer } = await at.open();
      peer.pause();
      let sent = 0;
      let takes = true;
      while (takes) {
        takes = port.send([`${sent} ${"x".repeat(100_000)}`], true);
        sent += 1;
        if (sent % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      expect(port.bufferedAmount).toBeGreaterThan(0);
      peer.resume();
      await ear.drains.next();
      const arrived = await peer.messages.take(sent);
      expect(arrived.map((message) => Number.parseInt(String(message), 10))).toEqual(
        arrived.map((_, index) => index),
      );
      peer.terminate();
    });
  });
}
