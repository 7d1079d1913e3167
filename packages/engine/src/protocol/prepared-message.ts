import { bytesOf, isBytes, toBase64 } from "./bytes.ts";

/**
 * The offset of payloads in memory, after their headers. Writing unaligned bytes costs the system
 * more than aligned ones.
 */
const PAYLOAD_OFFSET = 16;

/** Builds a final, unmasked WebSocket frame (RFC 6455, section 5.2) with one payload. */
function frame(opcode: 1 | 2, payload: Uint8Array): Buffer {
  const length = payload.byteLength;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const bytes = Buffer.allocUnsafe(PAYLOAD_OFFSET + length).subarray(PAYLOAD_OFFSET - 2 - extended);
  bytes[0] = 0x80 | opcode;
  if (extended === 0) bytes[1] = length;
  else if (extended === 2) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), 2);
  }
  bytes.set(payload, 2 + extended);
  return bytes;
}

/**
 * Converts anything but text and bytes, as passed by untyped programs and codecs, to text; `null`
 * becomes an empty text.
 */
export function textOf(given: unknown): string {
  // oxlint-disable-next-line typescript/no-base-to-string -- like any JavaScript value, objects too
  return String(given ?? "");
}

/**
 * A message that is encoded once and sent to many connections. Each encoded form is built when
 * first needed and then shared; forms must not be modified. Bytes are copied on creation, because
 * the sender may reuse the memory before the message is sent.
 */
export class PreparedMessage {
  /** The message: text, or bytes. */
  readonly data: string | Uint8Array;
  #wireMessage: string | Uint8Array | undefined;
  #frame: Uint8Array | undefined;
  #base64: string | undefined;
  #legacyBytes: Uint8Array | undefined;

  /** Throws an `EngineError` of code `DETACHED_BINARY` if the memory of `data` is detached. */
  constructor(data: string | ArrayBuffer | ArrayBufferView) {
    if (isBytes(data)) {
      const bytes = bytesOf(data);
      // The copy is the frame that most connections need.
      const copy = frame(2, bytes);
      this.#frame = copy;
      this.data = copy.subarray(copy.byteLength - bytes.byteLength);
    } else this.data = textOf(data);
  }

  /** The revision 4 form on a WebSocket: `4` and the text, or the bytes alone. */
  get wireMessage(): string | Uint8Array {
    this.#wireMessage ??= typeof this.data === "string" ? `4${this.data}` : this.data;
    return this.#wireMessage;
  }

  /**
   * The revision 4 form as a whole unmasked WebSocket frame, for hosts that write to the socket
   * themselves.
   */
  get webSocketFrame(): Uint8Array {
    const message = this.wireMessage;
    this.#frame ??= typeof message === "string" ? frame(1, Buffer.from(message)) : frame(2, message);
    return this.#frame;
  }

  /**
   * The bytes of a binary message in base64, for transports without binary; empty for a text
   * message.
   */
  get base64(): string {
    if (typeof this.data === "string") return "";
    this.#base64 ??= toBase64(this.data);
    return this.#base64;
  }

  /** The revision 3 binary form: the type byte 0x04 and the bytes; empty for a text message. */
  get legacyBytes(): Uint8Array {
    if (typeof this.data === "string") return new Uint8Array(0);
    this.#legacyBytes ??= Buffer.concat([Uint8Array.of(4), this.data]);
    return this.#legacyBytes;
  }
}
