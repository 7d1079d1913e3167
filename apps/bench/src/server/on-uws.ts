import type { Subject } from "../subject.ts";
import { application, type Io } from "./application.ts";
import { subjectServer } from "./subject-server.ts";
import { listenUws } from "./uws.ts";

/** The application on µWebSockets.js. */
export async function onUws(io: Io): Promise<Subject> {
  const port = await listenUws((app) => {
    io.attachApp(app as Parameters<Io["attachApp"]>[0]);
  });
  return subjectServer(port, application(io));
}
