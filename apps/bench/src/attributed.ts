import type { ImplementationName } from "./implementations.ts";

/** Lets what goes wrong in a piece of work tell which implementation it was done on. */
export async function withName<T>(name: ImplementationName, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
