import { Server } from "socket.io";

interface Between {
  reload: (what: string) => void;
  count: (answer: (count: number) => void) => void;
}

export const io = new Server<Record<string, never>, Record<string, never>, Between>();
io.on("reload", (what) => console.log(what.trim()));
io.on("count", (answer) => answer(io.engine.clientsCount));
io.serverSideEmit("reload", "config");
io.serverSideEmit("count", (error, counts) => console.log(error.message, counts.length));

export async function total(): Promise<number> {
  const counts: number[] = await io.serverSideEmitWithAck("count");
  return counts.reduce((sum, count) => sum + count, 0);
}
