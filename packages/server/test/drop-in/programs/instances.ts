import { Namespace, Server, Socket } from "socket.io";

export function kindOf(value: Server | Namespace | Socket): string {
  if (value instanceof Socket) return `socket ${value.id}`;
  if (value instanceof Namespace) return `namespace ${value.name}`;
  return `server ${value.path()}`;
}

const emit = Socket.prototype.emit;
Socket.prototype.emit = function (this: Socket, name: any, ...args: any[]) {
  console.log("emit", name);
  return emit.call(this, name, ...args);
};

export class TracedSocket extends Socket {
  trace(): string {
    return `${this.nsp.name} ${this.id}`;
  }
}

export class TracedNamespace<
  Incoming extends Record<string, (...args: any[]) => void>,
> extends Namespace<Incoming> {
  trace(): string {
    return this.name;
  }
}
