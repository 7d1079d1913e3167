import { once } from "node:events";
import type { VictimProcess } from "../victim-process.ts";
import { type Attack, atMost, EVERY_HOST } from "./attack.ts";

const BODIES = 8;
const BODY_BYTES = 990_000;
/** Number of chunks per write. */
const BATCH = 9_000;

const HEAD = [
  "POST /socket.io/?EIO=4&transport=polling&sid=SID HTTP/1.1",
  "Host: localhost",
  "Content-Type: text/plain",
  "Transfer-Encoding: chunked",
  "\r\n",
].join("\r\n");

async function openSession(victim: VictimProcess): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${victim.port}/socket.io/?EIO=4&transport=polling`);
  return (JSON.parse((await response.text()).slice(1)) as { sid: string }).sid;
}

/** Sends a body without its end, so that the server has to keep what it received. */
async function send(victim: VictimProcess): Promise<() => void> {
  const socket = victim.tcp();
  socket.resume();
  socket.write(HEAD.replace("SID", await openSession(victim)));
  const batch = "1\r\n4\r\n".repeat(BATCH);
  for (let sent = 0; sent < BODY_BYTES && socket.writable; sent += BATCH)
    if (!socket.write(batch)) await Promise.race([once(socket, "drain"), once(socket, "close")]);
  return () => socket.destroy();
}

export const tinyChunks: Attack = {
  name: "eight bodies of 990 kB in chunks of one byte",
  victims: EVERY_HOST,
  async run(victim) {
    // Compiles the code and fills the pools, which grow once and are held for no body.
    (await send(victim))();
    const before = await victim.memory();
    const endings = await Promise.all(Array.from({ length: BODIES }, () => send(victim)));
    await victim.checkServes();
    const after = await victim.memory();
    for (const end of endings) end();
    return atMost("memory grew by", after.rss - before.rss, 3 * BODIES * BODY_BYTES);
  },
};
