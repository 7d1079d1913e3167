import { createAdapter } from "@socket.io/postgres-adapter";
import { randomUUID } from "node:crypto";
import { Client, Pool } from "pg";
import type { Fabric, Membership, Watch } from "./fabric.ts";
import { MessageLog } from "./message-log.ts";
import type { Service } from "./service.ts";

const URL = process.env["POSTGRES_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

export const postgresService: Service = {
  name: "PostgreSQL",
  url: URL,
  variable: "POSTGRES_URL",
  async reach() {
    const client = new Client({ connectionString: URL, connectionTimeoutMillis: 2000 });
    await client.connect();
    await client.end();
  },
};

/** The adapter on notifications, and on a table for what is too long or binary. */
export class PostgresFabric implements Fabric {
  readonly #name = `skein_${randomUUID().replaceAll("-", "")}`;
  readonly #tables: Promise<unknown>;
  readonly #pool = new Pool({ connectionString: URL });

  constructor() {
    this.#tables = this.#pool.query(
      `CREATE TABLE ${this.#name} (id bigserial UNIQUE, created_at timestamptz DEFAULT NOW(), payload bytea)`,
    );
  }

  async join(): Promise<Membership> {
    await this.#tables;
    const pool = new Pool({ connectionString: URL });
    const adapter = createAdapter(pool, {
      channelPrefix: this.#name,
      tableName: this.#name,
      heartbeatInterval: 200,
      errorHandler: (error) => console.error(error),
    });
    return { adapter, leave: () => pool.end() };
  }

  async watch(): Promise<Watch> {
    const client = new Client({ connectionString: URL });
    await client.connect();
    const log = new MessageLog(() => client.end());
    client.on("notification", ({ payload }) => log.add(payload ?? ""));
    await client.query(`LISTEN "${this.#name}#/"`);
    return log;
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#pool.query(`DROP TABLE ${this.#name}`);
    await this.#pool.end();
  }
}
