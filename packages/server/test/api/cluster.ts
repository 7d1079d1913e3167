import { EventEmitter } from "node:events";
import { ClusterAdapter, type ClusterMessage, type ClusterResponse } from "socket.io-adapter";
import { World } from "../support/world.ts";

/** Connects the servers of a test: carries messages in memory to all members but the sender. */
class Bus extends EventEmitter {
  readonly members = new Map<string, number>();

  joined(namespace: string): void {
    this.members.set(namespace, this.membersOf(namespace) + 1);
  }

  membersOf(namespace: string): number {
    return this.members.get(namespace) ?? 0;
  }
}

/** A class of adapters on this bus, derived from the base of Socket.IO's cluster adapters. */
function adapterOn(bus: Bus) {
  return class BusAdapter extends ClusterAdapter {
    constructor(nsp: { name: string }) {
      super(nsp);
      bus.joined(nsp.name);
      bus.on(`message ${nsp.name}`, (message: ClusterMessage) => this.onMessage(message));
      bus.on(`response ${nsp.name} ${this.uid}`, (response: ClusterResponse) => this.onResponse(response));
    }

    override serverCount(): Promise<number> {
      return Promise.resolve(bus.membersOf((this.nsp as { name: string }).name));
    }

    protected override doPublish(message: ClusterMessage): Promise<string> {
      // Adapters ignore what carries their own id.
      bus.emit(`message ${message.nsp}`, message);
      return Promise.resolve("");
    }

    protected override doPublishResponse(requester: string, response: ClusterResponse): Promise<void> {
      bus.emit(`response ${response.nsp} ${requester}`, response);
      return Promise.resolve();
    }
  };
}

/** Servers, each with its own port and clients, that know of each other. */
export function cluster(size: number): Promise<World[]> {
  const adapter = adapterOn(new Bus());
  return Promise.all(Array.from({ length: size }, () => World.start({ adapter })));
}
