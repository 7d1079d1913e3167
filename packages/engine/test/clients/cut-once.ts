import { untilWritable } from "../running-engine.ts";
import type { Transports } from "./errands.ts";
import type { ServedEngine } from "./served-engine.ts";

/** Cuts the first session of an errand when its client is ready for it. */
export async function cutOnce(served: ServedEngine, transports: Transports): Promise<void> {
  const { connection, messages, ended } = await served.clients.next();
  while ((await messages.next()) !== "cut");
  await untilWritable(connection);
  if (connection.transport.name !== transports.at(-1)) throw new Error("it has not upgraded");
  served.cut();
  await ended;
}
