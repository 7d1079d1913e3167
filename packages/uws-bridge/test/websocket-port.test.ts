import { describe, expect, it } from "vitest";
import type { UwsSocket } from "../src/uws-types.ts";
import { Inbox } from "../src/websocket/inbox.ts";
import { type PortData, UwsWebSocketPort } from "../src/websocket/websocket-port.ts";
import { Recorder } from "./support.ts";

/**
 * A native socket whose buffer is filled and drained by hand. The order in which µWebSockets.js
 * calls its drain and close handlers in one turn of the event loop can't be controlled over a real
 * connection.
 */
class HandDrivenSocket implements UwsSocket<PortData> {
  buffered = 0;
  readonly sent: unknown[] = [];
  readonly port: UwsWebSocketPort;

  constructor(port: UwsWebSocketPort) {
    this.port = port;
  }

  send(message: string): number {
    this.sent.push(message);
    return this.buffered > 0 ? 0 : 1;
  }

  cork(write: () => void): void {
    write();
  }

  getBufferedAmount(): number {
    return this.buffered;
  }

  getUserData(): PortData {
    return { port: this.port };
  }

  subscribe(): boolean {
    return true;
  }

  unsubscribe(): boolean {
    return true;
  }

  end(): void {}

  close(): void {}
}

function full() {
  const recorder = new Recorder();
  const port = new UwsWebSocketPort(Infinity, () => recorder);
  const socket = new HandDrivenSocket(port);
  port.handleOpen(socket);
  socket.buffered = 10;
  expect(port.send(["fills"], false)).toBe(false);
  return { recorder, port, socket };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe("a port whose buffer has drained", () => {
  it("tells in the next turn", async () => {
    const { recorder, port, socket } = full();
    socket.buffered = 0;
    port.handleDrain();
    expect(recorder.heard).toEqual([]);
    await nextTurn();
    expect(recorder.heard).toEqual(["drain"]);
  });

  it("tells nothing, and so sends nothing, when it is closed in the same turn for a publish that it missed", async () => {
    const { recorder, port, socket } = full();
    socket.buffered = 0;
    port.handleDrain();
    port.handleClose(1006, new ArrayBuffer(0), new Inbox());
    await nextTurn();
    expect(recorder.heard).toEqual(["close"]);
  });

  it("tells nothing while something is left", async () => {
    const { recorder, port, socket } = full();
    socket.buffered = 5;
    port.handleDrain();
    await nextTurn();
    expect(recorder.heard).toEqual([]);
    socket.buffered = 0;
    port.handleDrain();
    port.handleDrain();
    await nextTurn();
    expect(recorder.heard).toEqual(["drain"]);
  });
});

describe("a port that is told of a message that was skipped", () => {
  it("sends nothing more, and ends with a typed error", async () => {
    const { recorder, port, socket } = full();
    port.handleDropped();
    expect(port.send(["after the gap"], false)).toBe(false);
    expect(socket.sent).toEqual(["fills"]);
    port.handleClose(1006, new ArrayBuffer(0), new Inbox());
    expect(await recorder.closed).toMatchObject({ code: "OUTBOX_OVERFLOW" });
  });
});
