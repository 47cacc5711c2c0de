import type { Request, RequestHandler } from "express";
import { HttpError } from "./http-error.ts";
import { tokenCheck } from "./token.ts";

/** Lets a request pass with `Authorization: Bearer TOKEN`. */
export function requireBearer(token: string, what: string): RequestHandler {
  const isToken = tokenCheck(token);
  return (request, response, next) => {
    const got = bearerOf(request);
    if (got !== undefined && isToken(got)) return next();
    response.setHeader("WWW-Authenticate", "Bearer");
    next(
      new HttpError(
        401,
        `${got === undefined ? "no" : "a wrong"} bearer token: send the ${what} token in the Authorization header`,
      ),
    );
  };
}

/** The bearer token that a request carries. */
export function bearerOf(request: Pick<Request, "headers">): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
}
