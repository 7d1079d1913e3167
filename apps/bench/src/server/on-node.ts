import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { application, type Io } from "./socket-io.ts";
import type { Subject } from "./subject.ts";

/** The application on `node:http` and `ws`. */
export async function onNode(io: Io): Promise<Subject> {
  const http = createServer();
  io.attach(http);
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });
  return { ...application(io), port: (http.address() as AddressInfo).port, close: () => process.exit(0) };
}
