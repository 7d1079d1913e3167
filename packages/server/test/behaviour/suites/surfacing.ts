import { expect, suite } from "../suite.ts";
import { errorToSurface } from "../surfaced.ts";

type Ack = (...args: unknown[]) => void;

/** Two functions with the same bug, and how it reached the process. */
function broken() {
  const { bug, surfaced } = errorToSurface();
  const throwing = (): never => {
    throw bug;
  };
  return { throwing, rejecting: () => Promise.reject(bug), surfaced };
}

/** Application errors that reach the process: (server-api, "Errors of the application"). */
export const surfacing = suite("errors of the application that nobody handles", (behaves) => {
  behaves("what a listener throws is an uncaught exception", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const { throwing, surfaced } = broken();
    socket.on("x", throwing);
    await wire.send('42["x"]');
    expect(await surfaced).toBe("uncaughtException");
  });

  behaves("what a listener rejects with is an unhandled rejection", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const { rejecting, surfaced } = broken();
    socket.on("x", rejecting);
    await wire.send('42["x"]');
    expect(await surfaced).toBe("unhandledRejection");
  });

  behaves("what a connection listener throws is an uncaught exception", async (world) => {
    const { throwing, surfaced } = broken();
    world.io.on("connection", throwing);
    const wire = await world.wire();
    await wire.send("40");
    expect(await surfaced).toBe("uncaughtException");
  });

  behaves("what a disconnect listener throws is an uncaught exception", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const { throwing, surfaced } = broken();
    socket.on("disconnect", throwing);
    await wire.send("41");
    expect(await surfaced).toBe("uncaughtException");
  });

  behaves("what a middleware throws reaches the process", async (world) => {
    const { throwing, surfaced } = broken();
    world.io.use(throwing);
    const wire = await world.wire();
    await wire.send("40");
    await surfaced;
  });

  behaves("what a middleware rejects with is an unhandled rejection", async (world) => {
    const { rejecting, surfaced } = broken();
    world.io.use(rejecting as () => void);
    const wire = await world.wire();
    await wire.send("40");
    expect(await surfaced).toBe("unhandledRejection");
  });

  behaves("what a socket middleware throws is an uncaught exception", async (world) => {
    const { wire, socket } = await world.joinedWire();
    const { throwing, surfaced } = broken();
    socket.use(throwing);
    await wire.send('42["x"]');
    expect(await surfaced).toBe("uncaughtException");
  });

  behaves("what an acknowledgement callback throws is an uncaught exception", async (world) => {
    const { client, socket } = await world.pair();
    const { throwing, surfaced } = broken();
    client.on("ask", (ack: Ack) => ack());
    socket.emit("ask", throwing);
    expect(await surfaced).toBe("uncaughtException");
  });
});
