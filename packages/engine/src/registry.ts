import type { EngineConnection } from "./connection.ts";

/** The open connections of an engine by their id. */
export class Registry {
  /** Without a prototype: ids in requests are the client's words. */
  readonly record = Object.create(null) as Record<string, EngineConnection>;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  find(id: string): EngineConnection | undefined {
    return this.record[id];
  }

  add(connection: EngineConnection): void {
    this.record[connection.id] = connection;
    this.#count += 1;
  }

  remove(connection: EngineConnection): void {
    if (this.record[connection.id] !== connection) return;
    Reflect.deleteProperty(this.record, connection.id);
    this.#count -= 1;
  }
}
