declare module "socket.io-client-v2" {
  /** What the tests use of a client of the second generation, which has no types of its own. */
  interface Client {
    readonly id: string;
    on(event: string, listener: (...args: never[]) => void): this;
    emit(event: string, ...args: unknown[]): this;
    disconnect(): this;
  }

  export default function connect(url: string, options?: Record<string, unknown>): Client;
}
