import type { IncomingMessage, ServerResponse } from "node:http";

/** A method, because the parameters of methods are compared both ways: see `Middleware`. */
interface Middlewares {
  run(request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): unknown;
}

/**
 * Code that sees every request of the engine's path before the engine does, in the manner of Express. It calls `next`
 * once, or ends the response itself. What it throws, rejects with or gives to `next` refuses the request.
 *
 * What was written for Express or Connect is taken as it is, although it names their requests and responses: those that
 * it is given are Node's own, so it can use what these have, and not `request.params` or `response.json`.
 */
export type Middleware = Middlewares["run"];

/**
 * How a chain of middlewares failed; `thrown` where one threw or rejected instead of calling `next`. A chain that never
 * calls `next` has no outcome.
 */
export type MiddlewareOutcome = { readonly error: unknown; readonly thrown: boolean } | undefined;

function runOne(
  middleware: Middleware,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<MiddlewareOutcome> {
  return new Promise((resolve) => {
    const next = (error?: unknown): void => resolve(error ? { error, thrown: false } : undefined);
    const run = async () => middleware(request, response, next);
    // A rejection counts as `next(error)`; a fulfilment says nothing, because only `next` passes the request on.
    run().catch((error: unknown) => resolve({ error, thrown: true }));
  });
}

/** Runs the middlewares one after the other, up to the first error. Extra calls of `next` have no effect. */
export async function runMiddlewares(
  middlewares: readonly Middleware[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<MiddlewareOutcome> {
  for (const middleware of middlewares) {
    const outcome = await runOne(middleware, request, response);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}
