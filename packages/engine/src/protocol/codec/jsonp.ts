import type { Codec } from "./codec.ts";

/**
 * Old browsers fetch polls as scripts (engine-protocol, "JSONP"). `index` is the client's `j` parameter: only its
 * digits are used, because the rest would be code.
 */
export function encodeJsonp(index: string, payload: string): string {
  const literal = JSON.stringify(payload).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  return `___eio[${index.replaceAll(/[^0-9]/g, "")}](${literal});`;
}

/** The first field named `d`. The other fields are never decoded: a body may have one for every second byte. */
const PAYLOAD_FIELD = /(?:^|&)((?:d|%64)(?:=[^&]*)?)(?:&|$)/;

/**
 * The payload in a form-encoded body; undefined if there is none, which is not an error. Forms turn newlines into
 * CRLF, so clients write `\n` for a newline, and `\\n` for those two characters.
 */
export function decodeJsonpBody(body: string): string | undefined {
  const [, field] = PAYLOAD_FIELD.exec(body) ?? [];
  if (field === undefined) return undefined;
  const payload = new URLSearchParams(field).get("d") ?? undefined;
  return payload?.replaceAll(/\\?\\n/g, (escape) => (escape.length === 3 ? "\\n" : "\n"));
}

/**
 * What `codec` writes, as scripts for the client's function `index`, and what it reads, from forms. Scripts are text, so
 * binary is always in base64.
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
