import { type ImplementationName, SERVERS, YARDSTICKS } from "../implementations.ts";
import { LoadSocket, openMany } from "../load/load-socket.ts";
import { PollSession } from "../load/poll-session.ts";
import type { RemoteSubject } from "../remote-subject.ts";
import { type Family, ratios, type Scenario, WITH_PROTOCOL, type Workload } from "./scenario.ts";
import { repeat } from "./slice.ts";
import { failOnClose } from "./unbroken.ts";

/**
 * Coldness of connecting: a connection runs much code once, and compilation takes some ten thousand
 * connections.
 */
const COLD = 5;

/** Several independent clients that connect and disconnect repeatedly. */
function visitors(count: number, visit: () => Promise<void>): Workload {
  return {
    async work(milliseconds) {
      const visits = await Promise.all(
        Array.from({ length: count }, () =>
          repeat(milliseconds, async () => {
            await visit();
            return 1;
          }),
        ),
      );
      return visits.reduce((sum, done) => sum + done, 0);
    },
    end() {},
  };
}

const connect: Scenario = {
  kind: "side by side",
  name: "connect + namespace + disconnect",
  unit: "connection",
  aims: ratios(0.8, 0.6),
  implementations: [...SERVERS, ...YARDSTICKS],
  connections: 20,
  coldness: COLD,
  prepare: ({ port }) =>
    Promise.resolve(
      visitors(20, async () => {
        const socket = await LoadSocket.open(port);
        await socket.close();
      }),
    ),
};

/**
 * Connects like the official client: first by polling, then by an upgrade to WebSocket while a poll
 * is pending.
 */
const connectAndUpgrade: Scenario = {
  kind: "side by side",
  name: "connect by polling + upgrade + disconnect",
  unit: "connection",
  aims: [],
  implementations: WITH_PROTOCOL,
  // A server may end a pending poll up to 100 ms late: it takes many concurrent clients to keep it
  // busy.
  connections: 300,
  coldness: COLD,
  prepare: ({ port }) =>
    Promise.resolve(
      visitors(100, async () => {
        const session = await PollSession.open(port);
        const socket = await LoadSocket.upgrade(port, session.sid, session.poll());
        await socket.close();
        session.destroy();
      }),
    ),
};

const poll: Scenario = {
  kind: "side by side",
  name: "polling round trip",
  unit: "event",
  aims: ratios(0.7, 0.8),
  implementations: WITH_PROTOCOL,
  connections: 40,
  async prepare({ port }) {
    const sessions = await Promise.all(Array.from({ length: 20 }, () => PollSession.open(port)));
    const trip = async (session: PollSession, message: Buffer) => {
      await Promise.all([session.poll(), session.send(message)]);
      return 1;
    };
    return {
      async work(milliseconds) {
        const trips = await Promise.all(
          sessions.map((session) => {
            const message = session.message('42["e","abcdefghijklmnopqrstuvwxyz012345"]');
            return repeat(milliseconds, () => trip(session, message));
          }),
        );
        return trips.reduce((sum, done) => sum + done, 0);
      },
      end() {
        for (const session of sessions) session.destroy();
      },
    };
  },
};

const IDLE: Family = {
  name: "idle memory",
  async *climb(subject: RemoteSubject, connections: readonly number[]) {
    // A first set of connections compiles the code and fills the pools, so that only the memory of
    // the next ones is measured.
    await Promise.all((await openMany(subject.port, 200)).map((socket) => socket.close()));
    const before = await subject.memory();
    const sockets: LoadSocket[] = [];
    for (const count of connections) {
      sockets.push(...(await openMany(subject.port, count - sockets.length)));
      const resting = failOnClose(sockets, { work: () => Promise.resolve(sockets.length), end() {} });
      const after = await subject.memory();
      await resting.work(0);
      yield {
        kind: "memory",
        rss: (after.rss - before.rss) / count,
        heap: (after.heap - before.heap) / count,
      };
    }
    for (const socket of sockets) socket.destroy();
  },
};

function kib(implementation: ImplementationName, atMost: number) {
  return { implementation, against: "KiB", atMost } as const;
}

/** Idle connections. */
export function idle(connections: readonly number[]): Scenario[] {
  return connections.map((count) => ({
    kind: "step",
    family: IDLE,
    name: `idle memory at ${count} connections`,
    unit: "connection",
    aims: [kib("skein-ws", 11), kib("skein-uws", 5)],
    implementations: SERVERS,
    connections: count,
  }));
}

/** Scenarios of connecting, disconnecting and polling. */
export const VISITS: readonly Scenario[] = [connect, connectAndUpgrade, poll];
