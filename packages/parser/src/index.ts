import { Decoder } from "./decode/decode.ts";
import { Encoder } from "./encode/encode.ts";
import type { Parser } from "./parser.ts";

export { Decoder, type DecoderOptions, type ReceivedPart } from "./decode/decode.ts";
export { Encoder, type EncoderOptions } from "./encode/encode.ts";
export { PARSER_ERRORS, ParserError, type ParserErrorCode, type ParserErrorSide } from "./errors.ts";
export { RESERVED_EVENTS } from "./event-names.ts";
export { type Packet, PacketType } from "./packet.ts";
export type { EncodedPart, PacketDecoder, PacketEncoder, Parser } from "./parser.ts";
export { isPacketValid } from "./decode/validity.ts";
export type { Reviver } from "./decode/payload.ts";
export type { Replacer } from "./encode/write.ts";

/** The revision of the Socket.IO protocol that this package implements. */
export const protocol = 5;

/** The default codec in the form that the `parser` option of servers takes. */
export const parser: Parser = { Encoder, Decoder };
