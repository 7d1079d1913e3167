import type { BroadcastFlags } from "@skein/adapter";
import type { CloseReason, CloseStatus, Connection, ConnectionListener } from "@skein/engine";
import { type Packet, type PacketDecoder, PacketType } from "@skein/parser";
import type { IncomingMessage } from "node:http";
import type { Client as ClientApi, ClientConnection, DisconnectReason } from "../api.ts";
import { type ForeignConnection, asConnection } from "../compat/foreign-engine.ts";
import { checkedPacket, isDefaultDecoder } from "../compat/foreign-parser.ts";
import { legacyRefusal, normaliseV4Packet } from "../compat/v2-clients.ts";
import type { ClientContext } from "./client-context.ts";
import type { EncodedPacket, PacketParts } from "../broadcast/topics/encoded-packet.ts";
import { CLOSE_STATUSES } from "./close-statuses.ts";
import { ServerError } from "../errors.ts";
import { NamespaceJoin, type NamespaceJoinListener, type ConnectedSocket } from "./namespace-join.ts";
import { inNamespace, nameInRefusal } from "./namespace-names.ts";
import { ownText } from "../runtime/own-text.ts";
import { TickQueue } from "../runtime/tick-queue.ts";
import { writePacket } from "./packet-writer.ts";
import type { Refusal } from "../application/refusal.ts";
import { after, cancel, restart, type Timer } from "../runtime/timers.ts";
import type { Deadline, DeadlineListener, JoinDeadlines } from "./deadlines.ts";

const NO_FLAGS: BroadcastFlags = {};

const NO_MEMBERS: readonly ConnectedSocket[] = [];

const arrivals = new TickQueue<ConnectedSocket, Packet>((member, packet) => member.onPacket(packet));

/**
 * A connection with its sockets (socketio-protocol, "Per-connection state machine").
 *
 * Unlike the reference: only one CONNECT per namespace may be pending, the number of namespaces is
 * limited, and a packet to a namespace being joined is ignored instead of closing the connection.
 */
export class Client implements ClientApi, ConnectionListener, NamespaceJoinListener, DeadlineListener {
  readonly conn: ClientConnection;
  /** The connection as the server uses it: `conn`, or the adapter of a foreign connection. */
  readonly link: Connection;
  readonly #context: ClientContext;
  readonly #decoder: PacketDecoder;
  /** Sockets in join order. A list is as fast as a map for the usual one entry. Never mutated. */
  #members: readonly ConnectedSocket[] = NO_MEMBERS;
  #joining: readonly NamespaceJoin[] | undefined;
  /** Deadline for joining a first namespace. */
  #connectWait: Deadline | undefined;
  #attachmentTimer: Timer | undefined;
  #open = true;

  /** Starts serving a connection. */
  static serve(connection: Connection | ForeignConnection, context: ClientContext): void {
    const link = asConnection(connection);
    const client = new Client(connection as Connection, link, context);
    link.listen(client);
    if (client.legacy) client.#join({ type: PacketType.CONNECT, nsp: "/" });
  }

  private constructor(connection: Connection, link: Connection, context: ClientContext) {
    this.conn = connection as ClientConnection;
    this.link = link;
    this.#context = context;
    this.#decoder = context.newDecoder();
    if (!isDefaultDecoder(this.#decoder))
      this.#decoder.on("decoded", (packet) => this.#onForeignPacket(packet));
    this.#connectWait = context.deadlines.start(context.connectTimeout(), this);
  }

  get id(): string {
    return this.conn.id;
  }

  get request(): IncomingMessage {
    return this.link.request as IncomingMessage;
  }

  /** Whether the client uses revision 3, which joins the main namespace without a CONNECT. */
  get legacy(): boolean {
    return this.link.protocol === 3;
  }

  get timeout(): number {
    return this.#context.connectTimeout();
  }

  get deadlines(): JoinDeadlines {
    return this.#context.deadlines;
  }

  onMessage(data: string | Uint8Array): void {
    if (!this.#open) return;
    try {
      this.#decode(data);
    } catch (error) {
      this.#violated(error, CLOSE_STATUSES.PARSE_ERROR);
    }
  }

  onClose(reason: CloseReason, description?: unknown): void {
    this.#open = false;
    this.#stopWaiting();
    cancel(this.#attachmentTimer);
    this.#leaveAll(reason, description);
    this.#decoder.destroy();
  }

  /** Sends a packet to this connection only. */
  send(packet: Packet, flags: BroadcastFlags = NO_FLAGS): void {
    const parts = this.#context.encoder.encode(packet);
    this.#write(parts, flags);
  }

  /** Sends a packet that was encoded for many connections. */
  sendEncoded(parts: EncodedPacket, flags: BroadcastFlags): void {
    this.#write(parts, flags);
  }

  onJoined(joining: NamespaceJoin, member: ConnectedSocket): void {
    this.#forgetJoin(joining);
    // `concat` instead of push or spread: a growing list reserves 16 more slots.
    this.#members = this.#members.length === 0 ? [member] : this.#members.concat(member);
    this.#stopWaiting();
  }

  onNotFound(joining: NamespaceJoin): void {
    this.#forgetJoin(joining);
    this.#refuse(joining.namespaceName, { message: "Invalid namespace" });
  }

  onRefused(joining: NamespaceJoin, reason: Refusal): void {
    this.#forgetJoin(joining);
    const nsp = joining.namespaceName;
    try {
      this.#refuse(nsp, this.legacy ? legacyRefusal(reason) : reason);
    } catch {
      // The application's `data` can't be encoded, but the refusal must still be sent.
      const { message } = reason;
      this.#refuse(nsp, message === undefined ? {} : { message });
    }
  }

  /** Removes a socket that has left its namespace. */
  onSocketLeft(member: ConnectedSocket): void {
    if (this.#members.includes(member)) this.#members = this.#members.filter((other) => other !== member);
  }

  /** Leaves all namespaces and closes the connection after pending output is sent. */
  disconnect(): void {
    for (const member of this.#members) member.disconnect();
    this.end(CLOSE_STATUSES.DISCONNECTED);
  }

  #refuse(name: string, data: unknown): void {
    const nsp = nameInRefusal(name, this.#context.maxNamespaceLength);
    this.send({ type: PacketType.CONNECT_ERROR, nsp, data });
  }

  #write(parts: PacketParts, flags: BroadcastFlags): void {
    writePacket(this.link, parts, flags);
    this.#context.topics.markUnsettled(this.conn);
  }

  #decode(data: string | Uint8Array): void {
    if (!isDefaultDecoder(this.#decoder)) return this.#decoder.add(data);
    const waited = this.#decoder.pending;
    const packet = this.#decoder.decode(data);
    if (packet !== undefined) this.#onPacket(packet);
    if (!waited && this.#decoder.pending) this.#awaitAttachments();
  }

  /**
   * Bounds how long an incomplete packet can hold memory. The timer is not cancelled when the
   * packet is complete but restarted by the next, because clients that send binary data do so
   * repeatedly.
   */
  #awaitAttachments(): void {
    if (this.#attachmentTimer !== undefined) restart(this.#attachmentTimer);
    else this.#attachmentTimer = after(this.#context.attachmentTimeout, () => this.#onAttachmentTimeout());
  }

  #onAttachmentTimeout(): void {
    this.#attachmentTimer = undefined;
    if (!isDefaultDecoder(this.#decoder) || !this.#decoder.pending) return;
    this.#violated(new ServerError("ATTACHMENTS_MISSING"), CLOSE_STATUSES.ATTACHMENTS_MISSING);
  }

  #violated(error: unknown, status: CloseStatus): void {
    for (const member of this.#members) member.onProtocolError(error);
    this.#stop(status);
  }

  /** One part may complete several packets, the first of which may have closed the connection. */
  #onForeignPacket(decoded: unknown): void {
    if (this.#open) this.#onPacket(checkedPacket(decoded));
  }

  #onPacket(received: Packet): void {
    const packet = this.legacy ? normaliseV4Packet(received) : received;
    const member = inNamespace(this.#members, packet.nsp);
    const joining = inNamespace(this.#joining, packet.nsp);
    if (packet.type === PacketType.CONNECT) {
      if (member === undefined && joining === undefined) this.#join(packet);
      else this.end(CLOSE_STATUSES.CONNECTED_ALREADY);
    } else if (packet.type === PacketType.CONNECT_ERROR) this.end(CLOSE_STATUSES.UNEXPECTED_PACKET);
    else if (member !== undefined) arrivals.put(member, packet);
    else if (joining === undefined) this.end(CLOSE_STATUSES.NOT_CONNECTED);
    else if (packet.type === PacketType.DISCONNECT) this.#abandon(joining);
  }

  #join(packet: Packet): void {
    const auth = typeof packet.data === "object" && packet.data !== null ? packet.data : {};
    const joining = new NamespaceJoin(this, ownText(packet.nsp), auth as Record<string, unknown>);
    const count = this.#members.length + (this.#joining?.length ?? 0);
    if (count >= this.#context.maxNamespaces)
      return this.#refuse(packet.nsp, { message: "Too many namespaces" });
    this.#joining = this.#joining === undefined ? [joining] : [...this.#joining, joining];
    joining.start(this.#context.namespaces);
  }

  #abandon(joining: NamespaceJoin): void {
    joining.abandon();
    this.#forgetJoin(joining);
  }

  #forgetJoin(joining: NamespaceJoin): void {
    if (this.#joining?.length === 1) this.#joining = this.#joining[0] === joining ? undefined : this.#joining;
    else this.#joining = this.#joining?.filter((other) => other !== joining);
  }

  #stopWaiting(): void {
    if (this.#connectWait === undefined) return;
    this.#context.deadlines.cancel(this.#connectWait);
    this.#connectWait = undefined;
  }

  /** Closes a connection that has joined no namespace in time. */
  onDeadline(): void {
    if (this.#members.length > 0) return;
    for (const joining of this.#joining ?? []) joining.onDeadline();
    this.end(CLOSE_STATUSES.CONNECT_TIMEOUT);
  }

  /** Closes the connection. Its sockets end at once, even if a last poll is still pending. */
  end(status: CloseStatus): void {
    this.#stop(status);
    if (this.link.readyState !== "closed") this.#leaveAll("forced server close");
  }

  /** Ignores further input, and closes the connection after pending output is sent. */
  #stop(status: CloseStatus): void {
    if (!this.#open) return;
    this.#open = false;
    this.#context.topics.markUnsettled(this.conn);
    this.link.close(false, status);
  }

  #leaveAll(reason: DisconnectReason, description?: unknown): void {
    const members = this.#members;
    const joining = this.#joining;
    this.#members = NO_MEMBERS;
    this.#joining = undefined;
    for (const member of members) member.onConnectionClosed(reason, description);
    for (const attempt of joining ?? []) attempt.abandon();
  }
}
