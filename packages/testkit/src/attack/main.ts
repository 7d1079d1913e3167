import type { Attack } from "./attacks/attack.ts";
import { detachedBytes } from "./attacks/detached-bytes.ts";
import { foreignWebSocket } from "./attacks/foreign-websocket.ts";
import { forgedLog } from "./attacks/forged-log.ts";
import { streamlessSession } from "./attacks/streamless-session.ts";
import { tinyChunks } from "./attacks/tiny-chunks.ts";
import type { VictimOptions } from "./messages.ts";
import { VictimProcess } from "./victim-process.ts";

// Runs the attacks one after the other, each on a server in its own process, and prints one line
// per attack.

const ATTACKS: readonly Attack[] = [
  tinyChunks,
  detachedBytes,
  streamlessSession,
  foreignWebSocket,
  forgedLog,
];

const HOSTS = { node: "node:http", uws: "µWebSockets.js" } as const;

async function attempt(attack: Attack, options: VictimOptions): Promise<boolean> {
  const title = `${attack.name}, on ${HOSTS[options.host]}`;
  const victim = await VictimProcess.start(options);
  try {
    console.log(`ok      ${title}: ${await attack.run(victim)}`);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const end = victim.end === undefined ? "" : `the process ended (${victim.end}); `;
    console.log(`FAILED  ${title}: ${end}${reason.slice(0, 300)}`);
    return false;
  } finally {
    await victim.stop();
  }
}

let failed = 0;
let passed = 0;
for (const attack of ATTACKS)
  for (const options of attack.victims) {
    if (await attempt(attack, options)) passed += 1;
    else failed += 1;
  }
console.log(`attacks: ${passed} withstood, ${failed} did harm`);
process.exit(failed === 0 ? 0 : 1);
