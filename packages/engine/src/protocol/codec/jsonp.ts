import type { Codec } from "./codec.ts";

/**
 * Encodes a payload as a script, for old browsers (engine-protocol, "JSONP"). `index` is the
 * client's `j` parameter: only its digits are used, because anything else could inject code.
 */
export function encodeJsonp(index: string, payload: string): string {
  const literal = JSON.stringify(payload).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  return `___eio[${index.replaceAll(/[^0-9]/g, "")}](${literal});`;
}

/**
 * The first field named `d`. Other fields are not decoded: a body may have one for every second
 * byte.
 */
const PAYLOAD_FIELD = /(?:^|&)((?:d|%64)(?:=[^&]*)?)(?:&|$)/;

/**
 * Returns the payload of a form-encoded body; undefined if there is none, which is not an error.
 * Forms turn newlines into CRLF, so clients write `\n` for a newline, and `\\n` for those two
 * characters.
 */
export function decodeJsonpBody(body: string): string | undefined {
  const [, field] = PAYLOAD_FIELD.exec(body) ?? [];
  if (field === undefined) return undefined;
  const payload = new URLSearchParams(field).get("d") ?? undefined;
  return payload?.replaceAll(/\\?\\n/g, (escape) => (escape.length === 3 ? "\\n" : "\n"));
}

/**
 * Wraps `codec` for JSONP: responses are scripts that call the client's function `index`, requests
 * are forms. Scripts are text, so binary is always base64.
 */
export function jsonpCodec({ packets, payloads }: Codec, index: string): Codec {
  return {
    packets,
    payloads: {
      encode: (batch) => encodeJsonp(index, String(payloads.encode(batch, true))),
      decodeText: (body) => {
        const payload = decodeJsonpBody(body);
        return payload === undefined ? [] : payloads.decodeText(payload);
      },
    },
  };
}
