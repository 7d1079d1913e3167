/**
 * Packets that are encoded and decoded alone: those that applications send most, small and larger.
 */
export const SAMPLES = ["small text", "object", "list of objects", "binary", "object with binary"] as const;
export type Sample = (typeof SAMPLES)[number];

export interface Task {
  readonly direction: "encode" | "decode";
  readonly sample: Sample;
}
