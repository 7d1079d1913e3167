import {
  Agent,
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type Server as HttpServer,
} from "node:http";
import {
  Agent as HttpsAgent,
  createServer as createHttpsServer,
  request as requestSecurely,
} from "node:https";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Arrivals, selfSignedCredentials } from "@skein/testkit";
import { Server } from "@skein/engine";
import { WebSocket } from "ws";
import { afterEach, describe, expect, it } from "vitest";
import { FOREIGN, PassingClock, type Taker, takers } from "./upgrade-takers.ts";

const HANDSHAKE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
};

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const task of cleanups.splice(0).toReversed()) await task();
});

/**
 * A Node server that listens until the end of the test; its `close` does not wait for connections.
 */
async function listening(secure: boolean): Promise<HttpServer> {
  const server = secure ? createHttpsServer(await selfSignedCredentials()) : createServer();
  const sockets = new Set<Socket>();
  server.on(secure ? "secureConnection" : "connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return server;
}

/**
 * Returns the server's side of the next upgrade, after its listeners were called. It adds no
 * listener, because that would count as one.
 */
function nextUpgrade(server: HttpServer): Promise<Duplex> {
  return new Promise((resolve) => {
    const { emit } = server;
    server.emit = (event: string, ...values: unknown[]): boolean => {
      const heard = Reflect.apply(emit, server, [event, ...values]) as boolean;
      if (event === "upgrade") {
        server.emit = emit;
        resolve(values[1] as Duplex);
      }
      return heard;
    };
  });
}

function portOf(server: HttpServer): number {
  return (server.address() as AddressInfo).port;
}

/** Both ends, with the taker before or after an engine whose clock the test moves. */
async function world(taker: Taker, order: "before" | "after", secure: boolean) {
  const server = await listening(secure);
  server.on("request", (_request, response) => response.end("app"));
  const clock = new PassingClock();
  const engine = new Server({}, clock);
  let answer = order === "before" ? taker.install(server) : undefined;
  engine.attach(server);
  if (order === "after") answer = taker.install(server);
  cleanups.push(() => engine.close());
  return { server, clock, answer: answer ?? (() => {}) };
}

type Client = { say(text: string): void; readonly heard: Arrivals<string> };

/** An upgrade request by hand, on a connection that may have served a request before. */
function upgradeRequest(server: HttpServer, secure: boolean, agent: Agent | undefined): ClientRequest {
  const options = {
    host: "127.0.0.1",
    port: portOf(server),
    path: `${FOREIGN}/`,
    headers: HANDSHAKE,
    agent: agent ?? false,
    rejectUnauthorized: false,
  } as const;
  return secure ? requestSecurely(options) : request(options);
}

/** An upgrade by hand, on a connection that may have served a request before. */
async function tunnelTo(
  server: HttpServer,
  secure: boolean,
  agent: Agent | undefined,
  sent: () => void,
): Promise<Client> {
  const asking = upgradeRequest(server, secure, agent);
  const reached = nextUpgrade(server);
  asking.end();
  await reached;
  sent();
  const [, socket, head] = (await once(asking, "upgrade")) as [IncomingMessage, Duplex, Buffer];
  cleanups.push(() => socket.destroy());
  const heard = new Arrivals<string>();
  if (head.length > 0) heard.push(head.toString());
  socket.on("data", (bytes: Buffer) => heard.push(bytes.toString()));
  socket.on("error", () => {});
  socket.on("close", () => heard.end("the connection was ended"));
  return { say: (text) => socket.write(text), heard };
}

async function webSocketTo(server: HttpServer, secure: boolean, taker: Taker): Promise<Client> {
  const query = taker.speaks === "engine" ? "?EIO=4&transport=websocket" : "";
  const url = `${secure ? "wss" : "ws"}://127.0.0.1:${portOf(server)}${FOREIGN}/${query}`;
  const webSocket = new WebSocket(url, { rejectUnauthorized: false });
  cleanups.push(() => webSocket.terminate());
  const heard = new Arrivals<string>();
  webSocket.on("message", (data: Buffer) => heard.push(data.toString()));
  webSocket.on("close", () => heard.end("the connection was ended"));
  await once(webSocket, "open");
  // An open packet.
  if (taker.speaks === "engine") await heard.next();
  return { say: (text) => webSocket.send(text), heard };
}

/** One request on a connection that the agent keeps for the upgrade. */
async function requestBefore(server: HttpServer, secure: boolean): Promise<Agent> {
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, maxSockets: 1 })
    : new Agent({ keepAlive: true, maxSockets: 1 });
  cleanups.push(() => agent.destroy());
  const options = { host: "127.0.0.1", port: portOf(server), path: "/", agent, rejectUnauthorized: false };
  const asking = secure ? requestSecurely(options) : request(options);
  asking.end();
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  // The agent has its socket back in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  return agent;
}

for (const secure of [false, true]) {
  for (const order of ["before", "after"] as const) {
    describe(`an upgrade over ${secure ? "https" : "http"} that is taken, registered ${order} the engine, by`, () => {
      it.each(takers)("$title goes on", async (taker) => {
        const { server, clock, answer } = await world(taker, order, secure);
        const client =
          taker.speaks === "tunnel"
            ? await tunnelTo(server, secure, undefined, () => {
                clock.pass();
                answer();
              })
            : await webSocketTo(server, secure, taker);
        clock.pass();
        client.say("4still here");
        expect(await client.heard.next()).toBe("4still here");
      });

      it.each(takers.filter(({ speaks }) => speaks === "tunnel"))(
        "$title goes on, on a connection that made a request before",
        async (taker) => {
          const { server, clock, answer } = await world(taker, order, secure);
          const agent = await requestBefore(server, secure);
          const connections = once(server, secure ? "secureConnection" : "connection").then(() => {
            throw new Error("the upgrade came on a new connection");
          });
          connections.catch(() => {});
          const tunnel = tunnelTo(server, secure, agent, () => {
            clock.pass();
            answer();
          });
          const client = await Promise.race([tunnel, connections]);
          clock.pass();
          client.say("still here");
          expect(await client.heard.next()).toBe("still here");
        },
      );
    });
  }

  describe(`an upgrade over ${secure ? "https" : "http"} that nobody takes`, () => {
    async function fate(prepare: (server: HttpServer) => Promise<Agent | undefined>): Promise<string> {
      const server = await listening(secure);
      server.on("request", (_request, response) => response.end("app"));
      const clock = new PassingClock();
      const engine = new Server({}, clock).attach(server);
      cleanups.push(() => engine.close());
      const agent = await prepare(server);
      const asking = upgradeRequest(server, secure, agent);
      const fails = once(asking, "error");
      const reached = nextUpgrade(server);
      asking.end();
      const socket = await reached;
      expect(socket.writableEnded).toBe(false);
      clock.pass();
      await fails;
      return socket.writableEnded ? "ended" : "open";
    }

    it("is ended after destroyUpgradeTimeout", async () => {
      expect(await fate(async () => undefined)).toBe("ended");
    });

    it("is ended also on a connection that made a request before", async () => {
      expect(await fate((server) => requestBefore(server, secure))).toBe("ended");
    });

    it("is ended when the one that took such upgrades has gone", async () => {
      const ended = fate(async (server) => {
        const listener = (): void => {};
        server.on("upgrade", listener);
        server.off("upgrade", listener);
        return undefined;
      });
      expect(await ended).toBe("ended");
    });
  });
}
