import { createRequire } from "node:module";
import { withCredentialFiles } from "@skein/testkit";
import uWS from "uWebSockets.js";
import { expect } from "vitest";

/** An app as it is released now; the declarations of the package in use are older. */
export type App = ReturnType<typeof uWS.App> & { close(): void };

/** The package silently uses a JavaScript imitation if its addon can't be loaded. */
export function expectNativeAddon(): void {
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  expect(loaded.filter((file) => /uws_\w+\.node$/.test(file))).toHaveLength(1);
  expect(uWS.App().constructor.name).toBe("uWS.App");
}

/** Every test on µWebSockets.js gets its app here, and so on the real one. */
export function newApp(): App {
  expectNativeAddon();
  return uWS.App() as App;
}

/** An app with a self-signed certificate. */
export async function newSecureApp(): Promise<App> {
  expectNativeAddon();
  const app = await withCredentialFiles((key_file_name, cert_file_name) =>
    uWS.SSLApp({ key_file_name, cert_file_name }),
  );
  return app as App;
}

/** Lets an app listen on a free port, and gives its origin. */
export function listen(app: App): Promise<string> {
  return new Promise((resolve, reject) => {
    app.listen("127.0.0.1", 0, (token) => {
      if (token === false) reject(new Error("the app can't listen"));
      else resolve(`http://127.0.0.1:${uWS.us_socket_local_port(token)}`);
    });
  });
}

/**
 * An app that counts the topics published to, because clients can't tell native delivery from
 * other.
 */
export function counting(app: App): { app: App; published: { count: number } } {
  const published = { count: 0 };
  const counted = new Proxy(app, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function" || key === "constructor") return member;
      return (...args: unknown[]): unknown => {
        if (key === "publish") published.count += 1;
        return Reflect.apply(member, target, args);
      };
    },
  });
  return { app: counted, published };
}
