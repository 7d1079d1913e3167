import { ClusterAdapter, type ClusterMessage, type ClusterResponse } from "socket.io-adapter";
import type { Fabric, Membership } from "./fabric.ts";
import { MessageLog } from "./message-log.ts";

/** Carries messages between adapters of one process, each as a copy and in a later turn. */
class MemoryBus {
  readonly #members = new Set<MemoryClusterAdapter>();
  readonly #logs = new Set<MessageLog>();

  add(member: MemoryClusterAdapter): void {
    this.#members.add(member);
  }

  remove(member: MemoryClusterAdapter): void {
    this.#members.delete(member);
  }

  membersOf(namespace: string): MemoryClusterAdapter[] {
    return [...this.#members].filter(({ name }) => name === namespace);
  }

  send(message: ClusterMessage | ClusterResponse, receivers: MemoryClusterAdapter[]): void {
    for (const log of this.#logs) log.add(JSON.stringify(message));
    for (const receiver of receivers) {
      const copy = structuredClone(message);
      setImmediate(() => receiver.receive(copy));
    }
  }

  watch(): MessageLog {
    const log: MessageLog = new MessageLog(async () => this.#logs.delete(log));
    this.#logs.add(log);
    return log;
  }
}

/** A cluster adapter as an application would write it, on the published base class. */
class MemoryClusterAdapter extends ClusterAdapter {
  readonly #bus: MemoryBus;

  constructor(nsp: unknown, bus: MemoryBus) {
    super(nsp);
    this.#bus = bus;
    bus.add(this);
  }

  get name(): string {
    return (this.nsp as { name: string }).name;
  }

  get identity(): string {
    return this.uid;
  }

  receive(message: ClusterMessage | ClusterResponse): void {
    this.onMessage(message as ClusterMessage);
  }

  override close(): void {
    this.#bus.remove(this);
  }

  override serverCount(): Promise<number> {
    return Promise.resolve(this.#bus.membersOf(this.name).length);
  }

  protected override doPublish(message: ClusterMessage): Promise<string> {
    const others = this.#bus.membersOf(this.name).filter((member) => member !== this);
    this.#bus.send(message, others);
    return Promise.resolve("");
  }

  protected override doPublishResponse(requester: string, response: ClusterResponse): Promise<void> {
    const receivers = this.#bus.membersOf(this.name).filter(({ identity }) => identity === requester);
    this.#bus.send(response, receivers);
    return Promise.resolve();
  }
}

/** A bus in memory, spoken to through the published `ClusterAdapter`. */
export class MemoryFabric implements Fabric {
  readonly #bus = new MemoryBus();

  join(): Promise<Membership> {
    const bus = this.#bus;
    function adapter(nsp: unknown): MemoryClusterAdapter {
      return new MemoryClusterAdapter(nsp, bus);
    }
    return Promise.resolve({ adapter, leave: () => Promise.resolve() });
  }

  watch(): Promise<MessageLog> {
    return Promise.resolve(this.#bus.watch());
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
