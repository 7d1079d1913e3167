import type { IncomingMessage, ServerResponse } from "node:http";
import { maskedFrame } from "@skein/testkit";
import type { Options } from "../implementation.ts";
import { expect, suite } from "../suite.ts";
import { called, until } from "../waiting.ts";
import { plainServer, type World } from "../world.ts";

/** Does nothing but wait for the turn's end, like a database that answers fast. */
function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

async function headersOfWebSocket(world: World): Promise<Readonly<Record<string, unknown>>> {
  const attempt = await world.attempt(world.target("transport=websocket"));
  if (attempt.kind !== "open") throw new Error(`the WebSocket was ${attempt.kind}`);
  return attempt.webSocket.headers;
}

async function answerOf(world: World, query = "transport=polling"): Promise<string> {
  const { status, body } = await world.request(world.target(query));
  return `${status} ${body.toString()}`;
}

const failed = '400 {"code":3,"message":"Bad request"}';
const patient: Options = {
  allowRequest: (_request, callback) => void setTimeout(callback, 20, null, true),
};

/** Conformance (engine-protocol, "Middlewares, CORS and cookies"). */
export const middlewares = suite("middlewares and decisions", (behaves) => {
  behaves("middlewares see every request, in the order of their registration", async (world) => {
    const seen: string[] = [];
    for (const name of ["a", "b"]) {
      world.engine.use((request, _response, next) => {
        seen.push(`${name} ${request.method}`);
        next();
      });
    }
    const { client } = await world.upgraded();
    await client.send("4x");
    await answerOf(world, "transport=tobi");
    await world.request(world.target("transport=polling"), { method: "OPTIONS" });
    expect(seen).toEqual(
      ["GET", "GET", "GET", "OPTIONS"].flatMap((method) => [`a ${method}`, `b ${method}`]),
    );
  });

  behaves("a middleware may be asynchronous", async (world) => {
    world.engine.use((_request, _response, next) => void setTimeout(next, 20));
    world.engine.use(async (_request, response, next) => {
      await soon();
      response.setHeader("x-late", "yes");
      next();
    });
    const { client, server } = await world.client();
    client.send("hi");
    expect(await server.next()).toBe("hi");
    expect((await headersOfWebSocket(world))["x-late"]).toBe("yes");
  });

  behaves("headers that a middleware sets are in each response, errors included", async (world) => {
    world.engine.use((_request, response, next) => {
      response.setHeader("x-mine", "1");
      next();
    });
    for (const query of ["transport=polling", "transport=tobi"]) {
      expect((await world.request(world.target(query))).headers["x-mine"]).toBe("1");
    }
    expect((await headersOfWebSocket(world))["x-mine"]).toBe("1");
  });

  behaves("a middleware that sets several cookies keeps them apart on a WebSocket", async (world) => {
    world.engine.use((_request, response, next) => {
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      next();
    });
    expect((await headersOfWebSocket(world))["set-cookie"]).toEqual(["a=1", "b=2"]);
  });

  behaves("a middleware's cookie and that of the engine are both sent", { cookie: true }, async (world) => {
    world.engine.use((_request, response, next) => {
      response.setHeader("Set-Cookie", "mine=1");
      next();
    });
    const { headers } = await world.request(world.target("transport=polling"));
    expect(headers["set-cookie"]).toEqual(["mine=1", expect.stringContaining("io=")]);
  });

  behaves("headers that a middleware sets are in the refusal of an upgrade", async (world) => {
    world.engine.use((_request, response, next) => {
      response.setHeader("x-mine", "1");
      next();
    });
    const attempt = await world.attempt(world.target("transport=tobi"));
    expect(attempt).toMatchObject({ kind: "refused", response: { headers: { "x-mine": "1" } } });
  });

  behaves("a middleware may answer an upgrade by itself", async (world) => {
    world.engine.use((_request, response) => {
      response.writeHead(503, { "x-by": "me" }).end("come back later");
    });
    const attempt = await world.attempt(world.target("transport=websocket"));
    expect(attempt).toMatchObject({ kind: "refused", response: { status: 503, headers: { "x-by": "me" } } });
  });

  behaves("a hook of writeHead runs before the 101", async (world) => {
    world.engine.use((_request, response, next) => {
      const original = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
      response.writeHead = (...args: unknown[]) => {
        response.setHeader("x-last-moment", "1");
        return original(...args);
      };
      next();
    });
    expect((await headersOfWebSocket(world))["x-last-moment"]).toBe("1");
    expect((await world.request(world.target("transport=polling"))).headers["x-last-moment"]).toBe("1");
  });

  behaves("a middleware may answer by itself", async (world) => {
    world.engine.use((_request, response) => {
      response.writeHead(503, { "x-by": "me" }).end("come back later");
    });
    const { status, headers, body } = await world.request(world.target("transport=polling"));
    expect([status, headers["x-by"], body.toString()]).toEqual([503, "me", "come back later"]);
    expect(world.refusals.pending).toEqual([]);
  });

  behaves("an upgrade that a middleware ends does not open", async (world) => {
    world.engine.use((_request, response) => void response.end());
    expect((await world.attempt(world.target("transport=websocket"))).kind).not.toBe("open");
    expect(world.engine.clientsCount).toBe(0);
  });

  behaves("the response of an upgrade tells when the connection is over", async (world) => {
    const closed = called<[]>("the response to close");
    world.engine.use((_request, response, next) => {
      response.on("close", closed.fn);
      next();
    });
    const { client } = await world.webSocket();
    client.vanish();
    await closed.args;
  });

  behaves("a middleware that throws refuses the request", async (world) => {
    world.engine.use(() => {
      throw new Error("a bug in the application");
    });
    expect(await answerOf(world)).toBe(failed);
    expect((await world.attempt(world.target("transport=websocket"))).kind).toBe("refused");
  });

  behaves("a middleware that rejects refuses the request", async (world) => {
    world.engine.use(() => Promise.reject(new Error("a bug in the application")));
    expect(await answerOf(world)).toBe(failed);
  });

  behaves("a middleware that calls next twice counts once", async (world) => {
    let runs = 0;
    world.engine.use((_request, _response, next) => {
      next();
      next();
      next(new Error("too late"));
    });
    world.engine.use((_request, _response, next) => {
      runs += 1;
      next();
    });
    await world.polling();
    expect([runs, world.engine.clientsCount]).toEqual([1, 1]);
  });

  behaves("a middleware that has begun an answer and fails ends it", async (world) => {
    world.engine.use((_request, response, next) => {
      response.writeHead(200);
      response.write("begun");
      next(new Error("and failed"));
    });
    expect(await answerOf(world)).toBe("200 begun");
  });

  behaves("allowRequest decides over handshakes, and over nothing else", async (world) => {
    const asked: unknown[] = [];
    const allowRequest: NonNullable<Options["allowRequest"]> = (request, callback) => {
      asked.push(request.url?.includes("transport=websocket") === true ? "websocket" : "polling");
      callback(null, true);
    };
    const strict = await world.another(plainServer(), { allowRequest });
    const { client } = await strict.upgraded();
    await client.send("4a");
    await strict.webSocket();
    expect(asked).toEqual(["polling", "websocket"]);
  });

  behaves("allowRequest may take its time", patient, async (world) => {
    const { client, server } = await world.client();
    client.send("hi");
    expect(await server.next()).toBe("hi");
    await world.webSocket();
  });

  behaves(
    "a message does not refuse a request that is allowed",
    { allowRequest: (_request, callback) => callback("why", true) },
    async (world) => {
      await world.polling();
    },
  );

  behaves("an id may be made by the application, also asynchronously", async (world) => {
    let made = 0;
    world.engine.generateId = async (request: IncomingMessage) => {
      await soon();
      made += 1;
      return `id-${made}-of-${request.method}`;
    };
    const { opened, server } = await world.polling();
    expect([opened.sid, server.socket.id]).toEqual(["id-1-of-GET", "id-1-of-GET"]);
    const second = await world.webSocket();
    expect(second.opened.sid).toBe("id-2-of-GET");
  });

  behaves("an id that is in use is refused, and its session goes on", async (world) => {
    world.engine.generateId = () => "the-same";
    const { client, server } = await world.polling();
    expect(await answerOf(world)).toBe(failed);
    await client.send("4unharmed");
    expect(await server.next()).toBe("unharmed");
    expect(world.engine.clientsCount).toBe(1);
  });

  behaves("what arrives while an id is made is not lost", async (world) => {
    world.engine.generateId = () => soon().then(() => "slow");
    const early = Buffer.concat([maskedFrame(0x81, "4a"), maskedFrame(0x81, "4b")]);
    const [raw, server] = await Promise.all([world.rawWebSocket("", early), world.connection()]);
    raw.sendText("4c");
    expect(await server.take(3)).toEqual(["a", "b", "c"]);
  });

  behaves("a client that leaves while an id is made leaves no session", async (world) => {
    const generating = called<[]>("generateId");
    let release: (id: string) => void = () => {};
    world.engine.generateId = () => {
      generating.fn();
      return new Promise((resolve) => {
        release = resolve;
      });
    };
    const opening = world.rawWebSocket();
    await generating.args;
    world.hangUp();
    await opening;
    release("too-late");
    await soon();
    await until(() => world.engine.clientsCount === 0, "no session");
  });
});
