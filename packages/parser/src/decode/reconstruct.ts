import { isPlaceholder } from "../binary.ts";
import { ParserError } from "../errors.ts";

type Container = Record<string | number, unknown>;

/**
 * A linked list of containers still to be visited. An array reserves room for seventeen when it
 * grows by one.
 */
interface Ahead {
  readonly container: object;
  readonly next: Ahead | undefined;
}

/**
 * Replaces placeholders by their attachments. Changes `payload` in place, as it was just parsed and
 * is not shared. Iterative, so that no nesting depth can overflow the stack.
 */
export function reconstruct(payload: readonly unknown[], attachments: readonly unknown[]): void {
  let ahead: Ahead | undefined = { container: payload, next: undefined };
  while (ahead !== undefined) {
    const { container, next }: Ahead = ahead;
    ahead = Array.isArray(container)
      ? fillItems(container, attachments, next)
      : fillMembers(container as Container, attachments, next);
  }
}

function fillItems(
  items: unknown[],
  attachments: readonly unknown[],
  next: Ahead | undefined,
): Ahead | undefined {
  let ahead = next;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (isContainer(item)) {
      if (isPlaceholder(item)) {
        items[i] = attachmentFor(item.num, attachments);
      } else {
        ahead = { container: item, next: ahead };
      }
    }
  }
  return ahead;
}

/**
 * Fills the members of an object. `for in` is twice as fast as a list of keys, but also yields
 * inherited keys.
 */
function fillMembers(
  record: Container,
  attachments: readonly unknown[],
  next: Ahead | undefined,
): Ahead | undefined {
  let ahead = next;
  for (const key in record) {
    const value = record[key];
    if (isContainer(value) && Object.hasOwn(record, key)) {
      if (isPlaceholder(value)) {
        record[key] = attachmentFor(value.num, attachments);
      } else {
        ahead = { container: value, next: ahead };
      }
    }
  }
  return ahead;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * Returns the attachment of a placeholder. `num` comes from the peer, so only a valid index may be
 * used for the lookup.
 */
function attachmentFor(num: unknown, attachments: readonly unknown[]): unknown {
  if (typeof num !== "number" || !Number.isInteger(num) || num < 0 || num >= attachments.length) {
    throw new ParserError("ILLEGAL_PLACEHOLDER");
  }
  return attachments[num];
}
