import { heard } from "../victim-process.ts";
import { type Attack, EVERY_HOST } from "./attack.ts";

export const detachedBytes: Attack = {
  name: "a broadcast whose bytes are transferred away after emit",
  victims: EVERY_HOST,
  async run(victim) {
    const client = victim.client();
    await heard(client, "connect");
    const ended = heard(client, "disconnect");
    const received = heard(client, "bytes");
    client.emit("detach");
    const outcome = await Promise.race([
      received.then(() => "the bytes arrived"),
      ended.then(() => "the receivers were closed"),
    ]);
    await victim.checkServes();
    client.disconnect();
    return outcome;
  },
};
