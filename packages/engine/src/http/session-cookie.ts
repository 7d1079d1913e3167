import { serialize } from "cookie";

/** Attributes of the session cookie. */
export interface CookieOptions {
  /** Name of the cookie. Default: `io`. */
  name?: string;
  /** Default: `/`; false omits it. */
  path?: string | false;
  domain?: string;
  /** Lifetime in seconds. */
  maxAge?: number;
  expires?: Date;
  /** Default: true. */
  httpOnly?: boolean;
  secure?: boolean;
  partitioned?: boolean;
  priority?: "low" | "medium" | "high";
  /** Default: `lax`. */
  sameSite?: boolean | "lax" | "strict" | "none";
  /** Encodes the value. Default: `encodeURIComponent`. */
  encode?: (value: string) => string;
}

/** Returns the `Set-Cookie` value with a session id, or undefined when cookies are off. */
export function sessionCookie(setting: boolean | CookieOptions | undefined, sid: string): string | undefined {
  if (setting === undefined || setting === false) return undefined;
  const { name, path, ...rest } = {
    name: "io",
    path: "/" as const,
    httpOnly: true,
    sameSite: "lax" as const,
    ...(setting === true ? {} : setting),
  };
  return serialize(name, sid, path === false ? rest : { ...rest, path });
}
