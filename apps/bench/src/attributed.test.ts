import { expect, it } from "vitest";
import { withName } from "./attributed.ts";

it("an error of work on an implementation tells which one it was", async () => {
  const cause = new Error("the server closed a connection under load");
  const failed = withName("skein-ws", Promise.reject(cause));
  await expect(failed).rejects.toMatchObject({ message: `skein-ws: ${cause.message}`, cause });
});
