import type { Request } from "express";

/**
 * A cookie is every port's of a host, so its name has the port: two fleets on one machine sign in beside each other.
 * It has no `Secure`: the console is reached on a loopback address, by HTTP, and not every browser takes one there.
 */
function cookieName({ headers }: Pick<Request, "headers">): string {
  return `fleet_session_${/:(\d{1,5})$/.exec(headers.host ?? "")?.[1] ?? "80"}`;
}

/** The value of the session that a request carries. */
export function sessionOf(request: Pick<Request, "headers">): string | undefined {
  const name = cookieName(request);
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** The header that sets it for as long as it lasts, or with 0 seconds takes it away. No script reads it, and no page of another site sends it. */
export function sessionCookie(request: Pick<Request, "headers">, value: string, seconds: number): string {
  return `${cookieName(request)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
}
