import type { ImplementationName } from "./implementations.ts";

/** Adds the name of the implementation to errors of `work`. */
export async function withName<T>(name: ImplementationName, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
