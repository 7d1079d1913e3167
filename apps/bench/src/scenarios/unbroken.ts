import type { LoadSocket } from "../load/load-socket.ts";
import type { Workload } from "./scenario.ts";

/**
 * Wraps a workload so that it fails when the server closes a socket, as its work would never
 * complete.
 */
export function failOnClose(sockets: readonly LoadSocket[], workload: Workload): Workload {
  let broken: Error | undefined;
  let fail: (error: Error) => void = () => {};
  const onEnd = (error: Error | undefined): void => {
    if (error === undefined) return;
    broken ??= error;
    fail(error);
  };
  for (const socket of sockets) void socket.ended.then(onEnd);
  return {
    async work(milliseconds) {
      const failure = new Promise<never>((_, reject) => {
        fail = reject;
        if (broken !== undefined) reject(broken);
      });
      return Promise.race([failure, workload.work(milliseconds)]);
    },
    end() {
      workload.end();
    },
  };
}
