import { type Draft, LIMITS, PICTURE_TYPES, type Picture } from "./events.ts";

// The types in events.ts only hold for our own page. Other clients may send anything, so input is
// unknown until it is read here.

export function readText(value: unknown, maxLength: number): string | undefined {
  if (typeof value !== "string" || value.length > maxLength) return undefined;
  return value.trim() || undefined;
}

export function readDraft(value: unknown): Draft | undefined {
  if (!isRecord(value)) return undefined;
  const id = readText(value["id"], LIMITS.id);
  const text = readText(value["text"], LIMITS.text) ?? "";
  const picture = readPicture(value["picture"]);
  if (id === undefined || (text === "" && picture === undefined)) return undefined;
  return picture === undefined ? { id, text } : { id, text, picture };
}

function readPicture(value: unknown): Picture | undefined {
  if (!isRecord(value)) return undefined;
  const { type, bytes } = value;
  if (typeof type !== "string" || !PICTURE_TYPES.includes(type)) return undefined;
  return Buffer.isBuffer(bytes) && bytes.length <= LIMITS.picture ? { type, bytes } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
