import { CONSOLE_HEADER } from "@compose-fleet/wh-api";
import type { Request } from "express";
import { HttpError } from "./http-error.ts";

/**
 * Throws 403 unless a request was made by a page of this very address. SameSite is not enough: another port of the same host is the same
 * site. A page of another origin cannot send the header without a preflight, which nothing here answers, nor leave its `Origin` out.
 */
export function requireSameOrigin({ headers }: Pick<Request, "headers">): void {
  const { host, origin } = headers;
  const site = headers["sec-fetch-site"];
  const isOwn =
    headers[CONSOLE_HEADER] === "1" &&
    (site === undefined || site === "same-origin") &&
    (origin === undefined ? site === "same-origin" : origin === `http://${host}` || origin === `https://${host}`);
  if (!isOwn) throw new HttpError(403, "this was asked for by a page of another address: use the console of this one");
}
