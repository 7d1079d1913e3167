import { clientFrame } from "../load/frames.ts";
import { SERVERS } from "../implementations.ts";
import { openMany } from "../load/load-socket.ts";
import { ratios, type Scenario } from "./scenario.ts";
import { repeat } from "./slice.ts";
import { failOnClose } from "./unbroken.ts";

const SOCKETS = 1000;
const ROOMS_EACH = 10;

/** Every socket joins ten rooms of its own; when all have joined, every socket leaves them. */
export const ROOMS: readonly Scenario[] = [
  {
    kind: "side by side",
    name: "10000 rooms joined and left by 1000 sockets",
    unit: "room",
    aims: ratios(0.6, 0.6),
    implementations: SERVERS,
    connections: SOCKETS,
    async prepare({ port }) {
      const sockets = await openMany(port, SOCKETS);
      const requests = (verb: string) =>
        sockets.map((_, index) => clientFrame(`421["${verb}",${index * ROOMS_EACH},${ROOMS_EACH}]`));
      const joins = requests("join");
      const leaves = requests("leave");
      const all = async (frames: readonly Buffer[]) => {
        await new Promise<void>((resolve) => {
          let missing = SOCKETS;
          for (const [index, socket] of sockets.entries()) {
            socket.onMessages = () => {
              if (--missing === 0) resolve();
            };
            socket.send(frames[index] ?? Buffer.alloc(0));
          }
        });
      };
      return failOnClose(sockets, {
        work: (milliseconds) =>
          repeat(milliseconds, async () => {
            await all(joins);
            await all(leaves);
            return SOCKETS * ROOMS_EACH;
          }),
        end() {
          for (const socket of sockets) socket.destroy();
        },
      });
    },
  },
];
