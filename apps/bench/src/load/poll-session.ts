import { HttpChannel } from "./http-channel.ts";

const PATH = "/socket.io/?EIO=4&transport=polling";
const SID = /"sid":"([^"]+)"/;

/** A minimal long-polling session: one channel for the pending poll, one for sent messages. */
export class PollSession {
  readonly sid: string;
  readonly #polls: HttpChannel;
  readonly #posts: HttpChannel;
  readonly #path: string;
  readonly #poll: Buffer;

  private constructor(channels: readonly [HttpChannel, HttpChannel], sid: string) {
    [this.#polls, this.#posts] = channels;
    this.sid = sid;
    this.#path = `${PATH}&sid=${sid}`;
    this.#poll = this.#polls.get(this.#path);
  }

  /** Opens a session and joins the main namespace. */
  static async open(port: number): Promise<PollSession> {
    const channels = await Promise.all([HttpChannel.open(port), HttpChannel.open(port)]);
    const open = await channels[0].request(channels[0].get(PATH));
    const sid = SID.exec(open)?.[1];
    if (sid === undefined) throw new Error(`the server opened no session: ${open}`);
    const session = new PollSession(channels, sid);
    await session.send(session.message("40"));
    await session.poll();
    return session;
  }

  /** A request that sends `payload`, prepared once and sent many times. */
  message(payload: string): Buffer {
    return this.#posts.post(this.#path, payload);
  }

  async send(message: Buffer): Promise<void> {
    await this.#posts.request(message);
  }

  poll(): Promise<string> {
    return this.#polls.request(this.#poll);
  }

  destroy(): void {
    this.#polls.destroy();
    this.#posts.destroy();
  }
}
