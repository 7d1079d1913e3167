import { isPlaceholder } from "./binary.ts";
import { ParserError } from "./errors.ts";

type Container = Record<string | number, unknown>;

/**
 * Puts attachments where their placeholders stand. Changes `payload` in place: it was just parsed and nobody else has it.
 * Iterative, so that no depth of nesting can overflow the stack.
 */
export function reconstruct(payload: readonly unknown[], attachments: readonly unknown[]): void {
  const stack: object[] = [payload];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (Array.isArray(next)) {
      for (let i = 0; i < next.length; i++) {
        fill(next as unknown as Container, i, attachments, stack);
      }
    } else {
      for (const key of Object.keys(next)) {
        fill(next as Container, key, attachments, stack);
      }
    }
  }
}

/** Only own keys come here, and what could reach a prototype was left out before. */
function fill(
  holder: Container,
  key: string | number,
  attachments: readonly unknown[],
  stack: object[],
): void {
  const value = holder[key];
  if (typeof value !== "object" || value === null) {
    return;
  }
  if (isPlaceholder(value)) {
    holder[key] = attachmentFor(value.num, attachments);
  } else {
    stack.push(value);
  }
}

/** `num` comes from the peer: nothing but an index may be looked up with it. */
function attachmentFor(num: unknown, attachments: readonly unknown[]): unknown {
  if (typeof num !== "number" || !Number.isInteger(num) || num < 0 || num >= attachments.length) {
    throw new ParserError("ILLEGAL_PLACEHOLDER");
  }
  return attachments[num];
}
