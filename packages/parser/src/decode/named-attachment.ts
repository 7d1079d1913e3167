import { placeholder, placeholderText } from "../binary.ts";
import { needsNoEscape } from "../primitive.ts";

/** Engines copy what is cut out of a text up to this length; longer names would keep the whole message in memory. */
const MAX_NAME_LENGTH = 12;

const BEGIN = '["';
const END = `",${placeholderText(0)}]`;
const MIN_LENGTH = BEGIN.length + END.length;
const MAX_LENGTH = MIN_LENGTH + MAX_NAME_LENGTH;

/**
 * Reads the payload that most binary events have, a name with one attachment: `["name",{"_placeholder":true,"num":0}]`.
 * Undefined for all others: they are for `JSON.parse`, which takes three times as long for this one.
 */
export function readNamedAttachment(json: string): [string, object] | undefined {
  if (
    json.length < MIN_LENGTH ||
    json.length > MAX_LENGTH ||
    !json.endsWith(END) ||
    !json.startsWith(BEGIN)
  ) {
    return undefined;
  }
  const name = json.slice(BEGIN.length, -END.length);
  return needsNoEscape(name) ? [name, placeholder(0)] : undefined;
}
