// A process that is a client up to the stage of its argument, says so, and then waits for its end.
import { X509Certificate } from "node:crypto";
import * as library from "@fails-components/webtransport";
import { FLOW, type Stage } from "./terms.ts";

/**
 * The part of a packet that is sent at each stage: a frame with an announced length of 100, mostly
 * missing.
 */
const HALF = Uint8Array.of(100, 0x34, 0x61);
const OPEN = Uint8Array.of(1, 0x30);
const SENT: Readonly<Record<Stage, Uint8Array | undefined>> = {
  "no stream": undefined,
  "a stream and no bytes": undefined,
  "half a packet": HALF,
  garbage: Uint8Array.of(0, 0xff, 0xff, 0xff),
  "an open session": OPEN,
  "an open session and half a packet": OPEN,
};

const [, , port, cert = "", stage = ""] = process.argv;
const value = Buffer.from(new X509Certificate(cert).fingerprint256.replaceAll(":", ""), "hex");
const serverCertificateHashes = [{ algorithm: "sha-256", value }];
const options = { forceReliable: true, serverCertificateHashes, ...FLOW };
const session = new library.WebTransport(`https://127.0.0.1:${port}/engine.io/`, options);
session.closed.then(
  ({ closeCode }) => process.send?.(`closed ${closeCode}`),
  () => process.send?.("closed"),
);
await session.ready;
if (stage !== "no stream") {
  const stream = await session.createBidirectionalStream();
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  const sent = SENT[stage as Stage];
  if (sent !== undefined) await writer.write(sent);
  if (sent === OPEN) await reader.read();
  if (stage === "an open session and half a packet") await writer.write(HALF);
}
process.send?.("there");
// `closed` reports what the server does to the session; other errors of the library are the
// client's own.
process.on("uncaughtException", () => {});
process.on("unhandledRejection", () => {});
setInterval(() => {}, 60_000);
