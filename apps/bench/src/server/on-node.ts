import type { Subject } from "../subject.ts";
import { application, type Io } from "./application.ts";
import { listen } from "./node-http.ts";
import { subjectServer } from "./subject-server.ts";

/** The application on `node:http` and `ws`. */
export async function onNode(io: Io): Promise<Subject> {
  const port = await listen((http) => {
    io.attach(http);
  });
  return subjectServer(port, application(io));
}
