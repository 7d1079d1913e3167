import { startChat } from "./chat.ts";

const port = Number(process.env["PORT"] ?? 3000);

try {
  const { url } = await startChat(port);
  console.log(`The chat is open at ${url} – open it in two windows, and stop it with Ctrl+C.`);
} catch (error) {
  const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  const advice = `Port ${port} is taken: stop the program that has it, or choose another, as in PORT=${port + 1}.`;
  console.error(isTaken ? advice : `The chat could not start: ${String(error)}`);
  process.exitCode = 1;
}
