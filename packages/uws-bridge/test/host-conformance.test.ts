import { hostConformance, networkClient } from "@skein/testkit";
import uWS from "uWebSockets.js";
import { uwsHost } from "../src/index.ts";
import { expectNativeAddon } from "./support.ts";

hostConformance("µWebSockets.js", {
  create() {
    expectNativeAddon();
    const app = uWS.App().any("/*", (res) => void res.writeStatus("404 Not Found").end("elsewhere"));
    let port = 0;
    return {
      host: uwsHost(app),
      get client() {
        return networkClient(port);
      },
      listen: () =>
        new Promise((resolve, reject) => {
          app.listen(0, (token) => {
            if (token === false) return reject(new Error("the app can't listen"));
            port = uWS.us_socket_local_port(token);
            resolve();
          });
        }),
      async stop() {
        (app as typeof app & { close(): void }).close();
      },
    };
  },
  lacks: { "destroy-upgrade": "requests outside the path never reach a host on µWebSockets.js" },
});
