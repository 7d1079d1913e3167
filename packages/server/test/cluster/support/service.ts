/** A program that tests need beside them. */
export interface Service {
  readonly name: string;
  readonly url: string;
  /** Environment variable that says where else it is. */
  readonly variable: string;
  /** Rejects if it is not there. */
  reach(): Promise<void>;
}

/**
 * Whether the service is reachable. If not, its tests are skipped with a message; with `CI=true`
 * that is an error.
 */
export async function isThere(service: Service): Promise<boolean> {
  try {
    await service.reach();
    return true;
  } catch (cause) {
    const need = `${service.name} is needed at ${service.url}, or where ${service.variable} says`;
    if (process.env["CI"] === "true") throw new Error(need, { cause });
    console.warn(`Tests are left out: ${need}`);
    return false;
  }
}
