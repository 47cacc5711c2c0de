import express, { type RequestHandler } from "express";
import { HttpError } from "./http-error.ts";
import { nestsDeeperThan } from "./nesting.ts";

const NESTING_LIMIT = 32;
const EMPTY = new Uint8Array();

/** Reads a JSON body of at most `limitBytes`: 400 malformed or too deep, 413 too large, 415 not JSON or compressed. */
export function jsonBody(limitBytes: number): RequestHandler[] {
  const checkType: RequestHandler = (request, _response, next) => {
    if (request.is("application/json")) return next();
    next(new HttpError(415, "the body is not declared as JSON: send Content-Type: application/json"));
  };
  const read = express.raw({ type: () => true, limit: limitBytes, inflate: false });
  const checkRead: express.ErrorRequestHandler = (error: { type?: string }, _request, _response, next) => {
    if (error.type === "entity.too.large")
      return next(new HttpError(413, `the body is larger than ${limitBytes} bytes: send less`));
    if (error.type === "encoding.unsupported")
      return next(new HttpError(415, "the body is compressed: send it as it is"));
    if (error.type === "request.aborted") return next(new HttpError(400, "the body ended early"));
    next(error);
  };
  const parse: RequestHandler = (request, _response, next) => {
    const bytes = Buffer.isBuffer(request.body) ? request.body : EMPTY;
    if (nestsDeeperThan(bytes, NESTING_LIMIT)) {
      return next(
        new HttpError(400, `the body nests deeper than ${NESTING_LIMIT} levels: nothing that is understood here does`),
      );
    }
    try {
      request.body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch {
      return next(new HttpError(400, "the body is no JSON text in UTF-8"));
    }
    next();
  };
  return [checkType, read, checkRead as unknown as RequestHandler, parse];
}
