import { connect } from "node:net";
import { exchangeText, SEPARATOR } from "@skein/testkit";
import { expect, suite } from "../suite.ts";
import type { PollingWire } from "../wire/polling-wire.ts";
import type { Session, World } from "../world.ts";

const binaryType = { "content-type": "application/octet-stream" };
const limit = { maxHttpBufferSize: 100 };

async function stillWorks({ client, server }: Session<PollingWire>): Promise<void> {
  await client.send("4still");
  expect(await server.next()).toBe("still");
}

/** The headers that are the engine's, as they stand on the wire. */
async function headersOf(world: World, lines: string[], body = ""): Promise<string[]> {
  const { headers } = await exchangeText(world.port, lines, body);
  const nodes = new Set(["date", "connection", "keep-alive"]);
  return headers
    .filter(([name]) => !nodes.has(name.toLowerCase()))
    .map(([name, value]) => `${name}: ${value}`);
}

/** The body of `size` bytes, all in all, that carries one text. */
function bodyOf(size: number, revision: number): string {
  if (revision === 4) return `4${"x".repeat(size - 1)}`;
  const length = size - String(size - 3).length - 1;
  return `${length}:4${"x".repeat(length - 1)}`;
}

/** Conformance (engine-protocol, "HTTP long-polling" and "EIO=3"). */
export const polling = suite("long-polling", (behaves, { revision }) => {
  behaves("what waits leaves in one response", async (world) => {
    const { client, server } = await world.polling();
    server.socket.send("a");
    server.socket.send("€");
    server.socket.send("c");
    const body = revision === 4 ? ["4a", "4€", "4c"].join(SEPARATOR) : "2:4a2:4€2:4c";
    expect(await client.poll()).toBe(`200 ${body}`);
  });

  behaves("what is sent in one turn leaves in one response", async (world) => {
    const { client, server } = await world.polling();
    const poll = client.start().response;
    await server.untilWritable();
    server.socket.send("a");
    server.socket.send("b");
    expect(client.read(await poll)).toEqual(["4a", "4b"]);
  });

  behaves("a session with nothing to say leaves a poll unanswered until it has", async (world) => {
    const { client, server } = await world.polling();
    const poll = client.start().response;
    await server.untilWritable();
    server.socket.send("now");
    expect(client.read(await poll)).toEqual(["4now"]);
    expect(server.socket.transport.writable).toBe(false);
  });

  behaves("a POST may bring many packets", async (world) => {
    const { client, server } = await world.polling();
    const body = revision === 4 ? `4hello${SEPARATOR}bAQIDBA==${SEPARATOR}4€` : "6:4hello10:b4AQIDBA==2:4€";
    expect(await client.push(body)).toBe("200 ok");
    expect(await server.take(3)).toEqual(["hello", Buffer.of(1, 2, 3, 4), "€"]);
  });

  behaves("a GET's headers stand in their order", async (world) => {
    expect(await headersOf(world, [`GET ${world.target("transport=polling")} HTTP/1.1`])).toEqual([
      "Content-Type: text/plain; charset=UTF-8",
      expect.stringMatching(/^Content-Length: \d+$/),
      "cache-control: no-store",
    ]);
  });

  behaves("a POST's headers stand in their order", async (world) => {
    const { client } = await world.polling();
    const body = client.payload("4a");
    const lines = [`POST ${client.target} HTTP/1.1`, `Content-Length: ${body.length}`];
    expect(await headersOf(world, lines, body)).toEqual([
      "Content-Type: text/html",
      "Content-Length: 2",
      "cache-control: no-store",
    ]);
  });

  for (const agent of ["Mozilla/4.0 (compatible;MSIE 7.0)", "Mozilla/5.0 (Trident/7.0)"]) {
    behaves(`the filter of ${agent} is told to keep out`, async (world) => {
      const path = world.target("transport=polling");
      const { headers } = await world.request(path, { headers: { "user-agent": agent } });
      expect(headers["x-xss-protection"]).toBe("0");
    });
  }

  behaves("a second poll is refused, the first answered, the session closed", async (world) => {
    const { client, server } = await world.polling();
    const first = client.start().response;
    await server.untilWritable();
    expect(await client.answer()).toBe("400 ");
    expect(client.read(await first)).toEqual(["1"]);
    expect(await server.ended).toEqual({ reason: "transport error", message: "overlap from client" });
  });

  behaves("a second POST is refused, the first reset, the session closed", async (world) => {
    const { client, server } = await world.polling();
    const first = client.start({ method: "POST", body: "4", announcedLength: 50 });
    const refused = first.response.then(
      () => "answered",
      () => "reset",
    );
    // Nothing tells that the first has arrived, but it has a head start: both take the same way.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await client.push("4b")).toBe("400 ");
    expect(await refused).toBe("reset");
    const message = "data request overlap from client";
    expect(await server.ended).toEqual({ reason: "transport error", message });
  });

  behaves("a POST that breaks off ends the session", async (world) => {
    const { client, server } = await world.polling();
    const post = client.start({ method: "POST", body: "4", announcedLength: 50 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    post.abort();
    const message = "data request connection closed prematurely";
    expect(await server.ended).toEqual({ reason: "transport error", message });
  });

  for (const method of ["PUT", "HEAD", "OPTIONS", "DELETE", "PATCH"]) {
    behaves(`${method} is answered 500 and does no harm`, async (world) => {
      const session = await world.polling();
      expect(await session.client.answer({ method })).toBe("500 ");
      await stillWorks(session);
    });
  }

  behaves("a body of just the limit is taken", limit, async (world) => {
    const { client, server } = await world.polling();
    const body = bodyOf(100, revision);
    expect(Buffer.byteLength(body)).toBe(100);
    expect(await client.push(body)).toBe("200 ok");
    expect(await server.next()).toMatch(/^x+$/);
  });

  behaves("a body beyond the limit is answered 413, and the session goes on", limit, async (world) => {
    const session = await world.polling();
    expect(await session.client.push(bodyOf(101, revision))).toBe("413 ");
    await stillWorks(session);
  });

  behaves("the limit counts bytes, not characters", limit, async (world) => {
    const session = await world.polling();
    expect(await session.client.push(session.client.payload(`4${"€".repeat(50)}`))).toBe("413 ");
    await stillWorks(session);
  });

  behaves("a body whose length is not announced is taken, and bounded", limit, async (world) => {
    const session = await world.polling();
    const { client, server } = session;
    const small = { method: "POST", chunked: true, body: client.payload("4chunked") };
    expect(await client.answer(small)).toBe("200 ok");
    expect(await server.next()).toBe("chunked");
    expect(await client.answer({ ...small, body: bodyOf(101, revision) })).toBe("413 ");
    await stillWorks(session);
  });

  behaves("characters that are cut between two segments are put together", async (world) => {
    const { client, server } = await world.polling();
    const body = Buffer.from(client.payload("4𝄞€"));
    const socket = connect({ port: world.port, host: "127.0.0.1", noDelay: true });
    world.leave(() => socket.destroy());
    socket.write(`POST ${client.target} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`);
    for (const byte of body) {
      socket.write(Buffer.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(await server.next()).toBe("𝄞€");
  });

  for (const body of ["", "x", revision === 4 ? `4ok${SEPARATOR}` : "3:4ok5:4"]) {
    behaves(`a body like ${JSON.stringify(body)} is answered, and a parse error`, async (world) => {
      const { client, server } = await world.polling();
      expect(await client.push(body)).toBe("200 ok");
      expect((await server.ended).reason).toBe("parse error");
      expect(await client.poll()).toBe('400 {"code":1,"message":"Session ID unknown"}');
    });
  }

  if (revision === 4) {
    behaves("binary leaves in base64", async (world) => {
      const { client, server } = await world.polling();
      server.socket.send(Buffer.of(1, 2, 3, 4));
      expect(await client.poll()).toBe("200 bAQIDBA==");
    });

    behaves("a binary body is invalid", async (world) => {
      const { client, server } = await world.polling();
      expect(await client.answer({ method: "POST", body: "4a", headers: binaryType })).toBe("400 ");
      expect(await server.ended).toEqual({ reason: "transport error", message: "invalid content" });
    });
  } else {
    behaves("binary leaves in a binary body, and its neighbours with it", async (world) => {
      const { client, server } = await world.polling();
      server.socket.send("€");
      server.socket.send(Buffer.of(1, 2, 3));
      const { headers, body } = await client.request();
      expect(headers["content-type"]).toBe("application/octet-stream");
      expect(body.toString("hex")).toBe("0004ff34e282ac0104ff04010203");
    });

    behaves("binary leaves in base64 where the client asks for it", async (world) => {
      const { client, server } = await world.polling("&b64=1");
      server.socket.send("€");
      server.socket.send(Buffer.of(1, 2, 3, 4));
      expect(await client.poll()).toBe("200 2:4€10:b4AQIDBA==");
    });

    behaves("a binary body brings text and binary", async (world) => {
      const { client, server } = await world.polling();
      const body = Buffer.from("0004ff34e282ac0104ff04010203", "hex");
      expect(await client.answer({ method: "POST", body, headers: binaryType })).toBe("200 ok");
      expect(await server.take(2)).toEqual(["€", Buffer.of(1, 2, 3)]);
    });

    behaves("lengths count UTF-16 units", async (world) => {
      const { client, server } = await world.polling();
      server.echo();
      expect(await client.push("3:4𝄞")).toBe("200 ok");
      expect(await server.next()).toBe("𝄞");
      expect(await client.poll()).toBe("200 3:4𝄞");
    });
  }
});
