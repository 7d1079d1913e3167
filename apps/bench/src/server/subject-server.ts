import type { Subject } from "../subject.ts";

/** A server as a subject, which does not measure codecs. */
export function subjectServer(port: number, place: (perRoom: number) => void): Subject {
  return {
    port,
    place,
    code() {
      throw new Error("a server doesn't encode and decode on its own");
    },
  };
}
