import { expect, suite } from "../suite.ts";
import { decodePayload } from "../wire/payload.ts";
import { parseOpen } from "../wire/wire.ts";
import type { World } from "../world.ts";
import type { ServerSide } from "../server-side.ts";

interface Script {
  readonly index: string;
  readonly payload: string;
}

/** A response as the browser would run it. */
function run(body: Buffer): Script {
  const [, index = "", literal = ""] = /^___eio\[(.*?)\]\((".*")\);$/s.exec(body.toString()) ?? [];
  return { index, payload: JSON.parse(literal) as string };
}

interface JsonpSession {
  readonly server: ServerSide;
  readonly target: string;
}

async function open(world: World, query = "&j=0"): Promise<JsonpSession> {
  const base = world.target("transport=polling");
  const [{ body }, server] = await Promise.all([world.request(`${base}${query}`), world.connection()]);
  const [packet = ""] = decodePayload(Buffer.from(run(body).payload), false, world.mode.revision);
  return { server, target: `${base}&sid=${parseOpen(packet).sid}&j=1` };
}

async function post(world: World, { target }: JsonpSession, body: string): Promise<string> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answer = await world.request(target, { method: "POST", headers, body });
  return `${answer.status} ${answer.body.toString()}`;
}

/** Conformance (engine-protocol, "JSONP"). */
export const jsonp = suite("JSONP", (behaves, { revision }) => {
  const framed = (text: string): string => (revision === 4 ? text : `${text.length}:${text}`);
  const form = (text: string): string => `d=${encodeURIComponent(framed(text))}`;

  behaves("a poll is answered with a call of the client's function", async (world) => {
    const { headers, body } = await world.request(world.target("transport=polling&j=7"));
    expect(headers["content-type"]).toBe("text/plain; charset=UTF-8");
    const { index, payload } = run(body);
    expect(index).toBe("7");
    expect(payload).toContain('0{"sid":"');
  });

  behaves("only digits of the index come back", async (world) => {
    const { body } = await world.request(
      world.target(`transport=polling&j=${encodeURIComponent("1];alert(2)//")}`),
    );
    expect(run(body).index).toBe("12");
  });

  behaves("the index is that of the first request", async (world) => {
    const session = await open(world);
    session.server.socket.send("a");
    const { body } = await world.request(session.target);
    expect(body.toString()).toBe(`___eio[0]("${framed("4a")}");`);
  });

  behaves("what would end a script's line is escaped", async (world) => {
    const session = await open(world);
    session.server.socket.send('"\n\u2028\u2029\\');
    const { body } = await world.request(session.target);
    expect(body.toString()).not.toMatch(/[\n\u2028\u2029]/);
    expect(run(body).payload).toBe(framed('4"\n\u2028\u2029\\'));
  });

  behaves("binary leaves in base64", async (world) => {
    const session = await open(world, "&j=0&b64=1");
    session.server.socket.send(Buffer.of(1, 2, 3, 4));
    const { body } = await world.request(session.target);
    expect(run(body).payload).toBe(framed(revision === 4 ? "bAQIDBA==" : "b4AQIDBA=="));
  });

  behaves("a POST is a form", async (world) => {
    const session = await open(world);
    expect(await post(world, session, form("4héllo & + =€"))).toBe("200 ok");
    expect(await session.server.next()).toBe("héllo & + =€");
  });

  behaves("a newline is escaped in a form, and an escaped one twice", async (world) => {
    const session = await open(world);
    const escaped = (text: string): string => `d=${encodeURIComponent(text)}`;
    const two = revision === 4 ? String.raw`4a\nb\\nc` : String.raw`7:4a\nb\\nc`;
    expect(await post(world, session, escaped(two))).toBe("200 ok");
    expect(await session.server.next()).toBe(`a\nb${String.raw`\n`}c`);
  });

  behaves("a form without a payload is answered and ignored", async (world) => {
    const session = await open(world);
    expect(await post(world, session, "x=1")).toBe("200 ok");
    expect(await post(world, session, form("4a"))).toBe("200 ok");
    expect(await session.server.next()).toBe("a");
  });

  behaves("a session may upgrade", async (world) => {
    const { server, target } = await open(world);
    const candidate = await world.candidate(target.slice(target.indexOf("&sid")));
    await candidate.send("2probe");
    expect(await candidate.next()).toBe("3probe");
    await candidate.send("5", "4plain");
    expect(await server.next()).toBe("plain");
    server.socket.send("plain");
    expect(await candidate.next()).toBe("4plain");
  });

  behaves("the end of the session is a call as well", async (world) => {
    const session = await open(world);
    const poll = world.request(session.target);
    await session.server.untilWritable();
    session.server.socket.close();
    expect(run((await poll).body).payload).toBe(framed("1"));
  });
});
