import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";
import { HttpError } from "./http-error.ts";

/** Lets a request pass with `Authorization: Bearer TOKEN`. Hashing both sides makes the comparison's time independent of length and content. */
export function requireBearer(token: string, what: string): RequestHandler {
  const expected = hash(token);
  return (request, response, next) => {
    const got = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
    if (got !== undefined && timingSafeEqual(hash(got), expected)) return next();
    response.setHeader("WWW-Authenticate", "Bearer");
    next(
      new HttpError(
        401,
        `${got === undefined ? "no" : "a wrong"} bearer token: send the ${what} token in the Authorization header`,
      ),
    );
  };
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
