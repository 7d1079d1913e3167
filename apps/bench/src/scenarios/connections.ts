import { request, type Agent as HttpAgent, Agent } from "node:http";
import { LoadSocket, openMany } from "../load/load-socket.ts";
import type { ServerHandle } from "../server-handle.ts";
import { cpu, everywhere, type Figure, notRaw, type Scale, type Scenario } from "./scenario.ts";

const PATH = "/socket.io/?EIO=4&transport=polling";

async function http(agent: HttpAgent, port: number, path: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const headers = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
    const outgoing = request({ host: "127.0.0.1", port, path, method, agent, headers }, (response) => {
      let text = "";
      response.setEncoding("latin1");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => {
        resolve(text);
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Opens a session on long-polling and joins the main namespace; returns the path of its further requests. */
async function pollingSession(agent: HttpAgent, port: number): Promise<string> {
  const open = await http(agent, port, PATH);
  const { sid } = JSON.parse(open.slice(1)) as { sid: string };
  const path = `${PATH}&sid=${sid}`;
  await http(agent, port, path, "40");
  await http(agent, port, path);
  return path;
}

const connect: Scenario = {
  name: "connect + namespace + disconnect",
  unit: "connection",
  applies: notRaw,
  async run(server: ServerHandle, scale: Scale): Promise<Figure> {
    const cycle = async (count: number) => {
      for (let done = 0; done < count; done += 20) {
        const sockets = await Promise.all(Array.from({ length: 20 }, () => LoadSocket.open(server.port)));
        await Promise.all(sockets.map((socket) => socket.close()));
      }
    };
    await cycle(200);
    const count = 500 * scale.messages;
    return cpu(server, count, () => cycle(count));
  },
};

const poll: Scenario = {
  name: "polling round trip",
  unit: "event",
  applies: notRaw,
  async run(server: ServerHandle, scale: Scale): Promise<Figure> {
    const agent = new Agent({ keepAlive: true, maxSockets: 100 });
    const paths = await Promise.all(Array.from({ length: 20 }, () => pollingSession(agent, server.port)));
    const trips = async (count: number) => {
      await Promise.all(
        paths.map(async (path) => {
          for (let index = 0; index < count; index++) {
            const answer = http(agent, server.port, path);
            await http(agent, server.port, path, '42["e","abcdefghijklmnopqrstuvwxyz012345"]');
            await answer;
          }
        }),
      );
    };
    await trips(20);
    const count = 60 * scale.messages;
    const figure = await cpu(server, count * paths.length, () => trips(count));
    agent.destroy();
    return figure;
  },
};

function idle(connections: number): Scenario {
  return {
    name: `idle memory, ${connections} connections`,
    unit: "connection",
    applies: everywhere,
    async run(server: ServerHandle): Promise<Figure> {
      // A first crowd brings code and pools to their size, so that what the second adds is its own.
      for (const socket of await openMany(server.port, 200)) await socket.close();
      const before = await server.memory();
      const sockets = await openMany(server.port, connections);
      const after = await server.memory();
      for (const socket of sockets) socket.destroy();
      return {
        kind: "memory",
        rss: (after.rss - before.rss) / connections,
        heap: (after.heap - before.heap) / connections,
      };
    },
  };
}

/** Coming, going, polling, and doing nothing. */
export function comingAndGoing(scale: Scale): readonly Scenario[] {
  return [connect, poll, ...scale.idle.map(idle)];
}
