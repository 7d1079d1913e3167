import { application, type Io } from "./socket-io.ts";
import type { Subject } from "./subject.ts";
import { listenUws } from "./uws.ts";

/** The application on µWebSockets.js. */
export async function onUws(io: Io): Promise<Subject> {
  const { port } = await listenUws((app) => {
    io.attachApp(app as Parameters<Io["attachApp"]>[0]);
  });
  return { ...application(io), port, close: () => process.exit(0) };
}
