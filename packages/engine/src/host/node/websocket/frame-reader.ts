import { constants } from "node:buffer";
import { EngineError, type EngineErrorCode } from "../../../errors.ts";
import { GrowingBytes } from "../../../protocol/growing-bytes.ts";
import { emptyHeader, OPCODE, readFrameHeader } from "./frame-header.ts";
import { textOf, unmask } from "./frame-payload.ts";

/**
 * Receives the frames that a reader finds. It may keep bytes, which are views of what was pushed.
 * Nothing follows a close frame or a violation.
 */
export interface FrameListener {
  onMessage(data: string | Buffer): void;
  onPing(payload: Buffer): void;
  /** `code` is undefined if the peer sent none. */
  onCloseFrame(code: number | undefined): void;
  onViolation(error: EngineError): void;
}

/**
 * Maximum number of fragments of one message. Even empty ones cost time, and no client needs many.
 */
const MAX_FRAGMENTS = 16_384;

/** The current header, shared by all readers because it is read and used in one step. */
const header = emptyHeader();

type Violation = Extract<
  EngineErrorCode,
  "INVALID_FRAME" | "INVALID_TEXT" | "MESSAGE_TOO_LARGE" | "TOO_MANY_FRAGMENTS"
>;

/** Whether an endpoint may send this close code (RFC 6455, section 7.4). */
function isCloseCode(code: number): boolean {
  if (code < 3000) return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
  return code <= 4999;
}

/**
 * The incoming half of a server's WebSocket without extensions (RFC 6455, sections 5 and 6.2).
 * Validates strictly, and buffers nothing between complete messages.
 */
export class FrameReader {
  readonly #listener: FrameListener;
  readonly #limit: number;
  /** The bytes of an incomplete frame. */
  #partial: GrowingBytes | undefined;
  /** The length of `#partial` that the next step needs. */
  #needed = 0;
  /** The fragments of an incomplete message, and its kind. */
  #message: GrowingBytes | undefined;
  #opcode = 0;
  #fragments = 0;
  #ended = false;

  /** `limit` is the maximum message size in bytes. */
  constructor(listener: FrameListener, limit: number) {
    this.#listener = listener;
    // The maximum length of a string applies whatever the application allows.
    this.#limit = Math.min(limit, constants.MAX_STRING_LENGTH);
  }

  /** Processes the next bytes of the stream, which the reader may change. */
  push(chunk: Buffer): void {
    if (this.#ended) return;
    const partial = this.#partial;
    if (partial === undefined) return this.#read(chunk);
    partial.append(chunk);
    if (partial.length < this.#needed) return;
    this.#partial = undefined;
    this.#read(partial.bytes);
  }

  #read(bytes: Buffer): void {
    let at = 0;
    try {
      while (this.#findFrame(bytes, at)) {
        const start = at + header.headerLength;
        at = start + header.payloadLength;
        this.#take(bytes, start, at);
      }
    } finally {
      // Frames after a listener that throws are still processed.
      if (at < bytes.length && !this.#ended) this.#keep(bytes.subarray(at));
    }
  }

  #keep(rest: Buffer): void {
    this.#partial = new GrowingBytes();
    this.#partial.append(rest);
  }

  /** Reads the header of the frame at `at`; returns true when the frame is complete and valid. */
  #findFrame(bytes: Buffer, at: number): boolean {
    if (this.#ended || at === bytes.length) return false;
    const available = bytes.length - at;
    switch (readFrameHeader(bytes, at, this.#opcode !== 0, header)) {
      case "partial":
        this.#needed = available + 1;
        return false;
      case "invalid":
        return this.#refuse("INVALID_FRAME");
      case "whole":
        this.#needed = header.headerLength + header.payloadLength;
        return this.#allows() && available >= this.#needed;
    }
  }

  /** Checks the size before the payload has arrived. */
  #allows(): boolean {
    if (header.opcode >= OPCODE.close) return true;
    const total = header.payloadLength + (this.#message?.length ?? 0);
    return total <= this.#limit || this.#refuse("MESSAGE_TOO_LARGE");
  }

  #take(bytes: Buffer, start: number, end: number): void {
    const { opcode, final } = header;
    unmask(bytes, start, end);
    if (opcode >= OPCODE.close) this.#takeControl(opcode, bytes.subarray(start, end));
    else if (final && opcode !== OPCODE.continuation) this.#deliver(opcode, bytes, start, end);
    else this.#takeFragment(opcode, final, bytes.subarray(start, end));
  }

  #takeFragment(opcode: number, final: boolean, payload: Buffer): void {
    if (opcode !== OPCODE.continuation) this.#opcode = opcode;
    this.#fragments += 1;
    if (this.#fragments > MAX_FRAGMENTS) return void this.#refuse("TOO_MANY_FRAGMENTS");
    this.#message ??= new GrowingBytes(this.#limit);
    this.#message.append(payload);
    if (!final) return;
    const { bytes } = this.#message;
    const kind = this.#opcode;
    this.#message = undefined;
    this.#opcode = 0;
    this.#fragments = 0;
    this.#deliver(kind, bytes, 0, bytes.length);
  }

  #deliver(opcode: number, bytes: Buffer, start: number, end: number): void {
    const data = opcode === OPCODE.text ? textOf(bytes, start, end) : bytes.subarray(start, end);
    if (data === undefined) this.#refuse("INVALID_TEXT");
    else this.#listener.onMessage(data);
  }

  #takeControl(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.ping) this.#listener.onPing(payload);
    else if (opcode === OPCODE.close) this.#takeClose(payload);
  }

  #takeClose(payload: Buffer): void {
    if (payload.length === 0) return this.#conclude(undefined);
    const code = payload.length === 1 ? 0 : payload.readUInt16BE(0);
    if (!isCloseCode(code)) this.#refuse("INVALID_FRAME");
    else if (textOf(payload, 2, payload.length) === undefined) this.#refuse("INVALID_TEXT");
    else this.#conclude(code);
  }

  #conclude(code: number | undefined): void {
    this.#end();
    this.#listener.onCloseFrame(code);
  }

  #refuse(code: Violation): false {
    this.#end();
    this.#listener.onViolation(new EngineError(code));
    return false;
  }

  #end(): void {
    this.#ended = true;
    this.#message = undefined;
  }
}
