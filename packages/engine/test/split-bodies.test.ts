import { connect } from "node:net";
import { once } from "node:events";
import { codecFor, type OutgoingPacket } from "@skein/engine";
import { afterEach, expect, it } from "vitest";
import { nextTurn } from "./peers.ts";
import { startEngine, stopEngines } from "./running-engine.ts";

afterEach(stopEngines);

const MESSAGES = ["h€llo 🙂", Buffer.of(0, 1, 2, 255), "", "é\u2028"];
const PACKETS = MESSAGES.map((data): OutgoingPacket => ({ type: "message", data }));

function requestHead(target: string, type: string, length: number): string {
  const lines = [`POST ${target} HTTP/1.1`, "Host: a", `Content-Type: ${type}`, `Content-Length: ${length}`];
  return [...lines, "", ""].join("\r\n");
}

it.each([
  [4, "base64", true, "text/plain;charset=UTF-8"],
  [3, "base64", true, "text/plain;charset=UTF-8"],
  [3, "binary", false, "application/octet-stream"],
] as const)(
  "a payload of revision %i with %s says the same wherever it is cut",
  async (revision, _form, base64, type) => {
    const body = Buffer.from(codecFor(revision).payloads.encode(PACKETS, base64) as Uint8Array);
    const running = await startEngine({ allowEIO3: true });
    await running.polling().request({ path: `/engine.io/?EIO=${revision}&transport=polling` });
    const { connection, messages } = await running.clients.next();
    const target = `/engine.io/?EIO=${revision}&transport=polling&sid=${connection.id}`;
    const socket = connect(running.port, "127.0.0.1");
    socket.setNoDelay();
    for (let cut = 1; cut < body.length; cut += 1) {
      const answered = once(socket, "data");
      socket.write(
        Buffer.concat([Buffer.from(requestHead(target, type, body.length)), body.subarray(0, cut)]),
      );
      await nextTurn();
      socket.write(body.subarray(cut));
      expect(await messages.take(MESSAGES.length)).toEqual(MESSAGES);
      await answered;
    }
    socket.destroy();
  },
);
