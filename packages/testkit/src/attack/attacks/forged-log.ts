import { type Attack, EVERY_HOST } from "./attack.ts";

const NAME = `forged\n[skein] all is well\r\u001b[2K\u001b[31mforged\u0085\u2028${"x".repeat(5000)}`;

/** A line that the server did not begin itself, or a control character of terminals. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const FORGERY = /^\[skein\] all is well|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/m;

export const forgedLog: Attack = {
  name: "an event whose name forges lines of the log",
  victims: EVERY_HOST,
  async run(victim) {
    const client = victim.client();
    client.emit(NAME);
    await client.timeout(30_000).emitWithAck("echo", "after it");
    client.disconnect();
    await victim.checkServes();
    await victim.logged("no such event");
    if (FORGERY.test(victim.log)) throw new Error(`the log was forged: ${JSON.stringify(victim.log)}`);
    const longest = Math.max(...victim.log.split("\n").map((line) => line.length));
    if (longest > 1000) throw new Error(`a line of ${longest} characters was written`);
    return `the longest line has ${longest} characters`;
  },
};
