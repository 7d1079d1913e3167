import { createServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import { connect as connectHttp2, createSecureServer } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { connect, type Socket } from "node:net";
import { selfSignedCredentials } from "@skein/testkit";
import { OfficialClient } from "../clients/official-client.ts";
import { expect, suite } from "../suite.ts";
import { inTime, once } from "../waiting.ts";
import { PollingWire } from "../wire/polling-wire.ts";
import { plainServer, type World } from "../world.ts";

const query = "EIO=4&transport=polling";

async function statusOf(world: World, path: string): Promise<number> {
  return (await world.request(path)).status;
}

/** Asks for an upgrade by hand; resolves with what comes before the connection ends. */
function upgradeAt(
  world: World,
  path: string,
  protocol = "websocket",
  before = "",
): { socket: Socket; answer: Promise<string> } {
  const socket = connect(world.port, "127.0.0.1");
  world.leave(() => socket.destroy());
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => {});
  const upgrade = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;
  socket.write(before);
  if (before === "") socket.write(upgrade);
  else socket.once("data", () => socket.write(upgrade));
  const ended = new Promise<string>((resolve) => {
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
  return { socket, answer: inTime(ended, "the end of the connection") };
}

/** Resolves when an engine has ended an upgrade that came later than all others. */
async function nobodyTook(world: World): Promise<void> {
  const other = await world.another(plainServer(), { destroyUpgradeTimeout: 20 });
  await upgradeAt(other, "/nobody").answer;
}

async function createHttps(): Promise<HttpServer> {
  return createHttpsServer({ ...(await selfSignedCredentials()) });
}

async function createHttp2(): Promise<ReturnType<typeof createSecureServer>> {
  return createSecureServer({ ...(await selfSignedCredentials()), allowHTTP1: true });
}

/** Conformance (engine-protocol, "Attaching"). */
export const attaching = suite("on a server", (behaves) => {
  behaves("the path ends with a slash", async (world) => {
    expect(await statusOf(world, `/engine.io/?${query}`)).toBe(200);
    expect(await statusOf(world, `/engine.io/below/it?${query}`)).toBe(200);
    expect(await statusOf(world, `/engine.io?${query}`)).toBe(404);
    expect(await statusOf(world, `/engine.iofoo/?${query}`)).toBe(404);
    expect(await statusOf(world, "/")).toBe(404);
  });

  for (const path of ["/mine", "/mine/"]) {
    behaves(`the path may be ${path}`, { path }, async (world) => {
      expect(await statusOf(world, `/mine/?${query}`)).toBe(200);
      expect(await statusOf(world, `/mine?${query}`)).toBe(404);
      expect(await statusOf(world, `/engine.io/?${query}`)).toBe(404);
    });
  }

  behaves("the slash may be left out", { addTrailingSlash: false }, async (world) => {
    expect(await statusOf(world, `/engine.io?${query}`)).toBe(200);
    expect(await statusOf(world, `/engine.io/?${query}`)).toBe(200);
    expect((await world.attempt("/engine.io?EIO=4&transport=websocket")).kind).toBe("open");
  });

  behaves("a path without a slash does not take longer names", { addTrailingSlash: false }, async (world) => {
    expect(await statusOf(world, `/engine.iofoo?${query}`)).toBe(404);
  });

  behaves("other requests go to the listeners that were there, as they were", async (world) => {
    const server = createServer();
    const seen: unknown[] = [];
    server.on("request", function listener(this: unknown, request: IncomingMessage, response) {
      seen.push(this === server, request.url);
      response.end("app");
    });
    const other = await world.another(server);
    expect((await other.request("/app")).body.toString()).toBe("app");
    await other.polling();
    expect(seen).toEqual([true, "/app"]);
  });

  behaves("two engines share a server by their paths", async (world) => {
    const second = world.createEngine();
    second.attach(world.http, { path: "/second" });
    const wire = new PollingWire(world.port, 4, "/second/");
    const [opened] = await Promise.all([wire.handshake(), once(second, "connection")]);
    await world.polling();
    expect([world.engine.clientsCount, second.clientsCount]).toEqual([1, 1]);
    expect((await world.request(`/engine.io/?${query}&sid=${opened.sid}`)).status).toBe(400);
    expect((await world.attempt("/second/?EIO=4&transport=websocket")).kind).toBe("open");
    expect((await world.attempt("/engine.io/?EIO=4&transport=websocket")).kind).toBe("open");
    second.close();
  });

  behaves(
    "an upgrade that the application takes is left alone",
    { destroyUpgradeTimeout: 50 },
    async (world) => {
      world.http.on("upgrade", (request: IncomingMessage, socket: Socket) => {
        if (request.url !== "/app") return;
        socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: mine\r\nConnection: Upgrade\r\n\r\n");
        setTimeout(() => socket.end("after the timeout"), 200);
      });
      expect(await upgradeAt(world, "/app").answer).toMatch(/^HTTP\/1\.1 101[^]*after the timeout$/);
    },
  );

  for (const order of ["before", "after"] as const) {
    behaves(
      `an upgrade that a listener has answered, there ${order} the engine, is left alone`,
      async (world) => {
        const server = plainServer();
        const take = (_request: IncomingMessage, socket: Socket): void => {
          if (_request.url !== "/app") return;
          socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: mine\r\nConnection: Upgrade\r\n\r\n");
          socket.on("data", () => socket.end("still here"));
        };
        if (order === "before") server.on("upgrade", take);
        const other = await world.another(server, { destroyUpgradeTimeout: 20 });
        if (order === "after") server.on("upgrade", take);
        const { socket, answer } = upgradeAt(other, "/app");
        await once(socket, "data");
        await nobodyTook(world);
        socket.write("there?");
        expect(await answer).toMatch(/^HTTP\/1\.1 101[^]*still here$/);
      },
    );
  }

  behaves("an upgrade that a listener holds is left alone", async (world) => {
    const other = await world.another(plainServer(), { destroyUpgradeTimeout: 20 });
    const held = new Promise<Socket>((resolve) => {
      other.http.on("upgrade", (_request, socket: Socket) => resolve(socket));
    });
    const { answer } = upgradeAt(other, "/app");
    const socket = await held;
    await nobodyTook(world);
    socket.end("late");
    expect(await answer).toBe("late");
  });

  behaves("two engines at one path: the second is refused", async (world) => {
    const second = world.createEngine();
    expect(() => second.attach(world.http)).toThrow(expect.objectContaining({ code: "ALREADY_ATTACHED" }));
    await world.webSocket();
  });

  behaves("of two engines the longer path has what it matches, whichever came first", async (world) => {
    for (const paths of [
      ["/rt", "/rt/v2"],
      ["/rt/v2", "/rt"],
    ]) {
      const server = plainServer();
      const other = await world.another(server, { path: paths[0] ?? "" });
      const second = world.createEngine();
      second.attach(server, { path: paths[1] ?? "" });
      const longer = paths[0] === "/rt" ? second : other.engine;
      const shorter = longer === second ? other.engine : second;
      expect(await statusOf(other, `/rt/v2/?${query}`)).toBe(200);
      expect((await other.attempt("/rt/v2/?EIO=4&transport=websocket")).kind).toBe("open");
      expect([longer.clientsCount, shorter.clientsCount]).toEqual([2, 0]);
      second.close();
    }
  });

  behaves(
    "a client with the wrong path, where nothing else answers, is told the right one",
    async (world) => {
      const other = await world.another(createServer());
      const answer = await other.request(`/wrong/?${query}`);
      expect([answer.status, answer.body.toString()]).toEqual([404, expect.stringContaining("/engine.io/")]);
    },
  );

  behaves("an upgrade that nobody takes is ended", { destroyUpgradeTimeout: 50 }, async (world) => {
    expect(await upgradeAt(world, "/nobody").answer).toBe("");
  });

  behaves(
    "an upgrade that nobody takes is ended, also on a connection that made a request before",
    { destroyUpgradeTimeout: 50 },
    async (world) => {
      const { socket, answer } = upgradeAt(
        world,
        "/nobody",
        "websocket",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      );
      socket.resume();
      expect(await answer).toMatch(/^HTTP\/1\.1 404[^]*elsewhere/);
    },
  );

  behaves(
    "an upgrade that nobody takes may stay",
    { destroyUpgrade: false, destroyUpgradeTimeout: 50 },
    async (world) => {
      world.http.on("upgrade", (request: IncomingMessage, socket: Socket) => {
        if (request.url === "/slow") setTimeout(() => socket.end("late"), 200);
      });
      expect(await upgradeAt(world, "/slow").answer).toBe("late");
    },
  );

  behaves(
    "a peer that resets an upgrade nobody takes does no harm",
    { destroyUpgradeTimeout: 50 },
    async (world) => {
      for (const [path, protocol] of [
        ["/nobody", "h2c"],
        ["/engine.io/?EIO=4&transport=tobi", "h2c"],
        ["/engine.io/?EIO=4&transport=websocket", "h2c"],
      ] as const) {
        const { socket, answer } = upgradeAt(world, path, protocol);
        await once(socket, "connect");
        socket.resetAndDestroy();
        await answer;
      }
      await world.polling();
    },
  );

  behaves(
    "without WebSocket among the transports nothing upgrades",
    { transports: ["polling"] },
    async (world) => {
      expect((await world.polling()).opened.upgrades).toEqual([]);
      const attempt = await world.attempt("/engine.io/?EIO=4&transport=websocket");
      if (attempt.kind !== "refused") throw new Error(`the WebSocket was ${attempt.kind}`);
      expect(attempt.response.body.toString()).toBe('{"code":0,"message":"Transport unknown"}');
    },
  );

  behaves("the end of the server ends its sessions", async (world) => {
    const other = await world.another(plainServer());
    const { server } = await other.webSocket();
    const http = other.http as HttpServer;
    http.closeAllConnections();
    http.close();
    http.emit("close");
    expect((await server.ended).reason).toMatch(/forced close|transport/);
    expect(other.engine.clientsCount).toBe(0);
  });

  behaves("requests that are hardly HTTP do no harm", async (world) => {
    for (const target of [
      "//",
      "/engine.io/?EIO=4&transport=polling&sid=%E0%A4%A",
      "/engine.io/?%",
      "http://[/engine.io/",
    ]) {
      const socket = connect(world.port, "127.0.0.1", () => socket.write(`GET ${target} HTTP/1.0\r\n\r\n`));
      socket.on("error", () => {});
      socket.resume();
      await once(socket, "close");
    }
    await world.polling();
  });

  for (const [name, create] of [
    ["https", createHttps],
    ["HTTP/2 for clients of HTTP/1.1", createHttp2],
  ] as const) {
    for (const path of ["polling", "websocket", "polling, then websocket"] as const) {
      behaves(`${name} over ${path}`, async (world) => {
        const other = await world.another(await create());
        const url = `https://127.0.0.1:${other.port}`;
        const client = new OfficialClient(url, { revision: 4, path }, { rejectUnauthorized: false });
        world.leave(() => client.close());
        const server = await other.connection();
        server.echo();
        client.send("hello");
        expect(await client.next()).toBe("hello");
      });
    }
  }

  behaves("HTTP/2 for clients of HTTP/2", async (world) => {
    const other = await world.another(await createHttp2());
    const session = connectHttp2(`https://127.0.0.1:${other.port}`, { rejectUnauthorized: false });
    world.leave(() => session.destroy());
    const ask = async (path: string, method = "GET", body = ""): Promise<string> => {
      const stream = session.request({ ":path": path, ":method": method });
      if (method === "POST") stream.end(body);
      let text = "";
      for await (const chunk of stream.setEncoding("utf8")) text += chunk as string;
      return text;
    };
    const open = await inTime(ask(`/engine.io/?${query}`), "the handshake");
    const { sid } = JSON.parse(open.slice(1)) as { sid: string };
    const server = await other.connection();
    const target = `/engine.io/?${query}&sid=${sid}`;
    expect(await ask(target, "POST", "4there")).toBe("ok");
    expect(await server.next()).toBe("there");
    server.socket.send("back");
    expect(await ask(target)).toBe("4back");
  });
});
