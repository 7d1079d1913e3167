import type { IncomingMessage, ServerResponse } from "node:http";

/** A method, because method parameters are compared bivariantly: see `Middleware`. */
interface Middlewares {
  run(request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): unknown;
}

/**
 * An Express-style middleware, called for every request of the engine's path before the engine. It
 * calls `next` once, or ends the response itself. An exception, a rejection or an argument of
 * `next` refuses the request.
 *
 * Middlewares typed for Express or Connect are accepted. They get Node's own request and response,
 * so `request.params` and `response.json` are not available.
 */
export type Middleware = Middlewares["run"];

/**
 * The error of a middleware chain; `thrown` if a middleware threw or rejected instead of calling
 * `next`. A chain that never calls `next` has no outcome.
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
    // A rejection counts as `next(error)`; a fulfilment has no effect, because only `next` passes
    // the request on.
    run().catch((error: unknown) => resolve({ error, thrown: true }));
  });
}

/** Runs the middlewares in order, up to the first error. Extra calls of `next` have no effect. */
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
