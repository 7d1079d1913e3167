import uWS from "uWebSockets.js";

export type UwsApp = ReturnType<typeof uWS.App>;

/**
 * Starts a native app on a free port; returns the port. Rejects the JavaScript imitation to which
 * the package falls back.
 */
export async function listenUws(setUp: (app: UwsApp) => void): Promise<number> {
  const app = uWS.App();
  if (!/native code/.test(String(uWS.us_listen_socket_close))) {
    throw new Error("µWebSockets.js runs without its native addon here, so measuring it would mean nothing.");
  }
  setUp(app);
  return new Promise<number>((resolve, reject) => {
    app.listen("127.0.0.1", 0, (token) => {
      if (token) resolve(uWS.us_socket_local_port(token));
      else reject(new Error("µWebSockets.js could not listen"));
    });
  });
}
