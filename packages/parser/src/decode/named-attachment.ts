import { placeholder, placeholderText } from "../binary.ts";
import { needsNoEscape } from "../primitive.ts";

/** Engines copy what is cut out of a text up to this length; longer names would keep the whole message in memory. */
const LONGEST_NAME = 12;

const BEGIN = '["';
const END = `",${placeholderText(0)}]`;
const SHORTEST = BEGIN.length + END.length;
const LONGEST = SHORTEST + LONGEST_NAME;

/**
 * Reads the payload that most binary events have, a name with one attachment: `["name",{"_placeholder":true,"num":0}]`.
 * Undefined for all others: they are for `JSON.parse`, which takes three times as long for this one.
 */
export function readNamedAttachment(json: string): [string, object] | undefined {
  if (json.length < SHORTEST || json.length > LONGEST || !json.endsWith(END) || !json.startsWith(BEGIN)) {
    return undefined;
  }
  const name = json.slice(BEGIN.length, -END.length);
  return needsNoEscape(name) ? [name, placeholder(0)] : undefined;
}
