import type { IncomingMessage } from "node:http";
import cors from "cors";
import type { Middleware } from "./middleware.ts";

type Origin = boolean | string | RegExp | (boolean | string | RegExp)[];

/** Options of the `cors` package. */
export interface CorsOptions {
  origin?:
    | Origin
    | ((requestOrigin: string | undefined, callback: (error: Error | null, origin?: Origin) => void) => void);
  methods?: string | string[];
  allowedHeaders?: string | string[];
  exposedHeaders?: string | string[];
  credentials?: boolean;
  /** Seconds for which a preflight response may be cached. */
  maxAge?: number;
  preflightContinue?: boolean;
  optionsSuccessStatus?: number;
}

/** Returns the options for one request. */
export type CorsDelegate = (
  request: IncomingMessage,
  callback: (error: Error | null, options?: CorsOptions) => void,
) => void;

/** Values of the `cors` option; `true` allows every origin. */
export type CorsSetting = boolean | CorsOptions | CorsDelegate;

/** The middleware that sets the CORS headers and answers preflight requests. */
export function corsMiddleware(setting: Exclude<CorsSetting, false>): Middleware {
  if (setting === true) return cors();
  return cors(setting);
}
