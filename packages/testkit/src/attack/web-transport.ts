import { X509Certificate } from "node:crypto";
import type { WebTransportSession } from "@skein/engine";
import type { Server } from "@skein/server";
import { selfSignedCredentials } from "../process/credentials.ts";
import type { WebTransportAddress } from "./messages.ts";

/**
 * Loads the library without its warning on the console about the missing package for HTTP/3, which
 * HTTP/2 does not need.
 */
export async function loadWebTransport() {
  const { error, log } = console;
  console.error = () => {};
  console.log = () => {};
  try {
    const library = await import("@fails-components/webtransport");
    await library.quicheLoaded;
    // The warning is printed one turn later.
    await new Promise((resolve) => setTimeout(resolve));
    return library;
  } finally {
    console.error = error;
    console.log = log;
  }
}

/** Accepts WebTransport sessions over HTTP/2 and passes them to the engine of `io`. */
export async function serveWebTransport(io: Server): Promise<WebTransportAddress> {
  const { Http2Server } = await loadWebTransport();
  const { key, cert } = await selfSignedCredentials();
  const http2 = new Http2Server({ port: 0, host: "127.0.0.1", secret: "a secret", cert, privKey: key });
  http2.startServer();
  await http2.ready;
  const sessions = http2.sessionStream("/engine.io/") as unknown as AsyncIterable<WebTransportSession>;
  void (async () => {
    for await (const session of sessions) io.engine.onWebTransportSession(session);
  })();
  return {
    port: Number(http2.port),
    fingerprint: new X509Certificate(cert).fingerprint256.replaceAll(":", ""),
  };
}
