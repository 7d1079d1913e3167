import type { VictimProcess } from "../victim-process.ts";
import { loadWebTransport } from "../web-transport.ts";
import type { Attack } from "./attack.ts";

async function openSession({ webTransport }: VictimProcess) {
  if (webTransport === undefined) throw new Error("the server takes no WebTransport sessions");
  const { WebTransport } = await loadWebTransport();
  const value = Buffer.from(webTransport.fingerprint, "hex");
  const session = new WebTransport(`https://127.0.0.1:${webTransport.port}/engine.io/`, {
    forceReliable: true,
    serverCertificateHashes: [{ algorithm: "sha-256", value }],
  } as ConstructorParameters<typeof WebTransport>[1]);
  await session.ready;
  return session;
}

export const streamlessSession: Attack = {
  name: "a WebTransport session without a stream",
  victims: [{ host: "node", webTransport: true }],
  async run(victim) {
    const session = await openSession(victim);
    // The server closes the session when the timeout for its opening packet has passed.
    await session.closed.catch(() => {});
    await victim.checkServes();
    return "the session was closed";
  },
};
