import { type LoadSocket, openMany } from "../load/load-socket.ts";
import type { ServerHandle } from "../server-handle.ts";
import { cpu, everywhere, type Figure, notRaw, type Scale, type Scenario } from "./scenario.ts";

interface Shot {
  readonly name: string;
  /** Broadcasts in one turn of the server's event loop. */
  readonly burst: number;
  readonly receivers: number;
  readonly connections: number;
  readonly target?: { room?: string; except?: string };
  readonly applies?: Scenario["applies"];
}

/** Asks for one burst and waits until the last receiver has all of it. */
async function shoot(server: ServerHandle, sockets: readonly LoadSocket[], shot: Shot): Promise<void> {
  await new Promise<void>((resolve) => {
    let missing = shot.burst * shot.receivers;
    const onFrame = () => {
      if (--missing === 0) resolve();
    };
    for (const socket of sockets) socket.onFrame = onFrame;
    server.broadcast(shot.burst, shot.target);
  });
}

function broadcast(shot: Shot, times: number): Scenario {
  return {
    name: shot.name,
    unit: "delivery",
    applies: shot.applies ?? everywhere,
    async run(server: ServerHandle, scale: Scale): Promise<Figure> {
      const sockets = await openMany(server.port, shot.connections);
      if (shot.target !== undefined) await server.place(100);
      for (let index = 0; index < 5; index++) await shoot(server, sockets, shot);
      const rounds = times * scale.messages;
      const figure = await cpu(server, rounds * shot.burst * shot.receivers, async () => {
        for (let index = 0; index < rounds; index++) await shoot(server, sockets, shot);
      });
      for (const socket of sockets) socket.destroy();
      return figure;
    },
  };
}

const thousand = { receivers: 1000, connections: 1000 };

export const BROADCASTS: readonly Scenario[] = [
  broadcast({ name: "one broadcast to 1,000", burst: 1, ...thousand }, 40),
  broadcast({ name: "ten broadcasts in one turn to 1,000", burst: 10, ...thousand }, 15),
  broadcast(
    {
      name: "a room of 100 among 1,000",
      burst: 1,
      receivers: 100,
      connections: 1000,
      target: { room: "r3" },
      applies: notRaw,
    },
    150,
  ),
  broadcast(
    {
      name: "all but a room of 100 among 1,000",
      burst: 1,
      receivers: 900,
      connections: 1000,
      target: { except: "r3" },
      applies: notRaw,
    },
    40,
  ),
];

/** The same broadcast at growing numbers of connections. */
export function growth(scale: Scale): readonly Scenario[] {
  return scale.growth.map((connections) =>
    broadcast(
      { name: `broadcast, ${connections} connections`, burst: 1, receivers: connections, connections },
      10,
    ),
  );
}
