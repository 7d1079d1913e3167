import { gunzipSync, inflateSync } from "node:zlib";
import { expect, suite } from "../suite.ts";
import type { PollingWire } from "../wire/polling-wire.ts";
import type { Session } from "../world.ts";

const large = "x".repeat(5000);

async function pollWith(
  { client, server }: Session<PollingWire>,
  accepted: string,
  text = large,
  compress = true,
) {
  server.socket.send(text, { compress });
  const { headers, body } = await client.request({ headers: { "accept-encoding": accepted } });
  return { coding: headers["content-encoding"], headers, body };
}

function payload(text: string, revision: number): string {
  return revision === 4 ? `4${text}` : `${text.length + 1}:4${text}`;
}

/** Conformance (engine-protocol, "Compression"). */
export const compression = suite("compression of polls", (behaves, { revision }) => {
  behaves("gzip", async (world) => {
    const { coding, headers, body } = await pollWith(await world.polling(), "gzip, deflate");
    expect(coding).toBe("gzip");
    expect(headers["content-type"]).toBe("text/plain; charset=UTF-8");
    expect(gunzipSync(body).toString()).toBe(payload(large, revision));
  });

  behaves("deflate", async (world) => {
    const { coding, body } = await pollWith(await world.polling(), "deflate");
    expect(coding).toBe("deflate");
    expect(inflateSync(body).toString()).toBe(payload(large, revision));
  });

  for (const [accepted, coding] of [
    ["deflate, gzip", "deflate"],
    ["deflate;q=0.5, gzip;q=0.8", "gzip"],
    ["gzip;q=0, deflate", "deflate"],
    ["*", "gzip"],
    ["br", undefined],
    ["identity", undefined],
    ["", undefined],
  ] as const) {
    behaves(`a client that accepts "${accepted}" gets ${coding ?? "plain text"}`, async (world) => {
      expect((await pollWith(await world.polling(), accepted)).coding).toBe(coding);
    });
  }

  behaves("begins at the threshold, in bytes of the body", async (world) => {
    const session = await world.polling();
    const overhead = payload("x".repeat(1000), revision).length - 1000;
    const below = await pollWith(session, "gzip", "x".repeat(1023 - overhead));
    expect([below.coding, below.body.length]).toEqual([undefined, 1023]);
    const at = await pollWith(session, "gzip", "x".repeat(1024 - overhead));
    expect(at.coding).toBe("gzip");
  });

  behaves("counts bytes of multi-byte text", async (world) => {
    expect((await pollWith(await world.polling(), "gzip", "€".repeat(400))).coding).toBe("gzip");
  });

  behaves("spares messages that ask for it", async (world) => {
    expect((await pollWith(await world.polling(), "gzip", large, false)).coding).toBeUndefined();
  });

  behaves("can be switched off", { httpCompression: false }, async (world) => {
    expect((await pollWith(await world.polling(), "gzip")).coding).toBeUndefined();
  });

  behaves("knows no threshold when it is merely on", { httpCompression: true }, async (world) => {
    expect((await pollWith(await world.polling(), "gzip", "x")).coding).toBe("gzip");
  });

  behaves("takes its options", { httpCompression: { threshold: 10, level: 0 } }, async (world) => {
    const { coding, body } = await pollWith(await world.polling(), "gzip");
    expect(coding).toBe("gzip");
    expect(body.length).toBeGreaterThan(large.length);
  });

  behaves("keeps the poll pending until it is done", async (world) => {
    const { client, server } = await world.polling();
    const answers: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      server.socket.send(large);
      answers.push((await client.request({ headers: { "accept-encoding": "gzip" } })).status);
    }
    expect(answers).toEqual([200, 200, 200, 200, 200]);
    expect(server.hasEnded).toBe(false);
  });
});
