// A process that serves WebTransport with a widely used library. It exits on every uncaught error.
import * as library from "@fails-components/webtransport";
import { Server, type WebTransportSession } from "@skein/engine";
import type { Alarm } from "../../src/time/clock.ts";
import { TimerWheel } from "../../src/time/timer-wheel.ts";
import { type Answer, FLOW, type Question, UPGRADE_TIMEOUT } from "./terms.ts";

/** A clock that knows how many alarms are armed. */
class CountingWheel extends TimerWheel {
  readonly #alarms = new Set<Alarm>();

  override arm(alarm: Alarm, at: number): void {
    this.#alarms.add(alarm);
    super.arm(alarm, at);
  }

  get armed(): number {
    return Array.from(this.#alarms).filter(({ slot }) => slot !== undefined).length;
  }
}

const clock = new CountingWheel();
const options = {
  transports: ["webtransport" as const],
  upgradeTimeout: UPGRADE_TIMEOUT,
  maxPendingHandshakes: 2,
};
const engine = new Server(options, clock);
engine.on("connection", (connection) => connection.on("message", (message) => connection.send(message)));
const [, , privKey = "", cert = ""] = process.argv;
const http2 = new library.Http2Server({
  port: 0,
  host: "127.0.0.1",
  secret: "a secret",
  cert,
  privKey,
  ...FLOW,
});
http2.startServer();
await http2.ready;

function tell(answer: Answer): void {
  process.send?.(answer);
}

process.on("message", (question: Question) => {
  if (question === "close") engine.close();
  tell({ sessions: engine.clientsCount, armed: clock.armed, counters: engine.counters() });
});
tell({ port: Number(http2.port) });

const sessions = http2.sessionStream("/engine.io/") as unknown as AsyncIterable<WebTransportSession>;
for await (const session of sessions) engine.onWebTransportSession(session);
