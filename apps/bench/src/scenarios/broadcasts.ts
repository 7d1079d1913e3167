import { clientFrame } from "../load/frames.ts";
import { SERVERS } from "../implementations.ts";
import { type LoadSocket, openMany } from "../load/load-socket.ts";
import type { RemoteSubject } from "../remote-subject.ts";
import { type Aim, type Family, ratios, type Scale, type Scenario, type Workload } from "./scenario.ts";
import { measure, perUnit, repeat, type Spent, warmUp } from "./slice.ts";
import { failOnClose } from "./unbroken.ts";

interface Shot {
  /** Number of broadcasts in one turn of the server's event loop. */
  readonly burst: number;
  readonly receivers: number;
  readonly connections: number;
  readonly room?: string;
  readonly except?: string;
}

/**
 * One of the sockets requests broadcasts, as a member of a chat does; a unit of work is done when
 * the last receiver has all of them.
 */
function broadcasting(sockets: readonly LoadSocket[], shot: Omit<Shot, "connections">): Workload {
  const request = clientFrame(`42["shout",${shot.burst},"${shot.room ?? ""}","${shot.except ?? ""}"]`);
  const deliveries = shot.burst * shot.receivers;
  let missing = 0;
  let delivered = () => {};
  for (const socket of sockets) {
    socket.onMessages = (count) => {
      missing -= count;
      if (missing === 0) delivered();
    };
  }
  const shoot = async () => {
    missing = deliveries;
    await new Promise<void>((resolve) => {
      delivered = resolve;
      sockets[0]?.send(request);
    });
    return deliveries;
  };
  return failOnClose(sockets, {
    work: (milliseconds) => repeat(milliseconds, shoot),
    end() {
      for (const socket of sockets) socket.destroy();
    },
  });
}

function broadcast(name: string, aims: readonly Aim[], shot: Shot): Scenario {
  return {
    kind: "side by side",
    name,
    unit: "delivery",
    aims,
    implementations: SERVERS,
    connections: shot.connections,
    async prepare(subject: RemoteSubject) {
      const sockets = await openMany(subject.port, shot.connections);
      if (shot.room !== undefined || shot.except !== undefined) await subject.place(100);
      return broadcasting(sockets, shot);
    },
  };
}

const thousand = { receivers: 1000, connections: 1000 };

export const BROADCASTS: readonly Scenario[] = [
  broadcast("one broadcast to 1000", ratios(0.82, 1), { burst: 1, ...thousand }),
  broadcast("ten broadcasts in one turn to 1000", ratios(0.2, 1), { burst: 10, ...thousand }),
  broadcast("a room of 100 among 1000", [], { burst: 1, receivers: 100, connections: 1000, room: "r3" }),
  broadcast("all but a room of 100 among 1000", [], {
    burst: 1,
    receivers: 900,
    connections: 1000,
    except: "r3",
  }),
];

const GROWTH: Family = {
  name: "growth of a broadcast",
  async *climb(subject: RemoteSubject, connections: readonly number[], scale: Scale) {
    const sockets: LoadSocket[] = [];
    for (const receivers of connections) {
      sockets.push(...(await openMany(subject.port, receivers - sockets.length)));
      const workload = broadcasting(sockets, { burst: 1, receivers });
      await warmUp(subject, workload, scale.warmUp);
      const slices: Spent[] = [];
      for (let slice = 0; slice < scale.slices; slice++)
        slices.push(await measure(subject, workload, scale.slice));
      yield perUnit(slices);
    }
    for (const socket of sockets) socket.destroy();
  },
};

/** The same broadcast at growing numbers of connections. */
export function growth(connections: readonly number[]): Scenario[] {
  return connections.map((receivers) => ({
    kind: "step",
    family: GROWTH,
    name: `broadcast to ${receivers} as the number grows`,
    unit: "delivery",
    aims: (["skein-ws", "skein-uws"] as const).map((implementation) => ({
      implementation,
      against: "first step",
      atMost: 1.3,
    })),
    implementations: SERVERS,
    connections: receivers,
  }));
}
