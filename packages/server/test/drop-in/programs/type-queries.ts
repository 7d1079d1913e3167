import { Server, Socket } from "socket.io";

interface Outgoing {
  news: (title: string, urgent: boolean) => void;
}

function makeServer() {
  return new Server<Outgoing, Outgoing>({ pingInterval: 1000, pingTimeout: 500 });
}

export type Io = ReturnType<typeof makeServer>;
export type Namespaced = ReturnType<Io["of"]>;
export type EmitArguments = Parameters<Socket["emit"]>;
export type Reason = Parameters<Parameters<Socket["on"]>[1]>;
export type Options = NonNullable<ConstructorParameters<typeof Server>[1]>;
export type Room = Parameters<Io["to"]>[0];
export type Operator = ReturnType<Io["to"]>;
export type Fetched = Awaited<ReturnType<Io["fetchSockets"]>>[number];
export type Rooms = Socket["rooms"];
export type Id = Socket["id"];
export type Adapter = Io["sockets"]["adapter"];

export const io: Io = makeServer();
export const namespace: Namespaced = io.of("/");
export const operator: Operator = io.to(["a", "b"] as Room);
export const args: EmitArguments = ["news", "x", true];
export const options: Options = { cors: { origin: "*" } };
export const ids = (rooms: Rooms): Id[] => [...rooms];
export const sizes = (adapter: Adapter): number[] => [...adapter.rooms.values()].map((room) => room.size);
export const data = (fetched: Fetched): unknown => fetched.data;
