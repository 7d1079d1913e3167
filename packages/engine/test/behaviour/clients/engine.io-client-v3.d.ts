declare module "engine.io-client-v3" {
  interface LegacySocket {
    on(event: string, listener: (...args: never[]) => void): unknown;
    send(data: string | Uint8Array): unknown;
    close(): unknown;
  }

  function connect(url: string, options?: object): LegacySocket;

  export = connect;
}
