import * as socketIo from "socket.io";

let instance: socketIo.Server | undefined;

export function init(port: number): socketIo.Server {
  instance = new socketIo.Server(port, { cors: { origin: true } });
  instance.on("connection", (socket: socketIo.Socket) => {
    socket.on("disconnect", (reason: socketIo.DisconnectReason) => console.log(reason));
  });
  return instance;
}

export const get = (): socketIo.Server => {
  if (instance === undefined) throw new Error("not initialised");
  return instance;
};

export const isSocket = (value: unknown): value is socketIo.Socket => value instanceof socketIo.Socket;
