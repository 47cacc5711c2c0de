import type { ErrorAnswer } from "@compose-fleet/wh-api";
import type { NextFunction, Request, Response } from "express";
import type { Log } from "../runtime/log.ts";
import { messageOf } from "../runtime/log.ts";

/** An answer that says what was got and what to do. */
export class HttpError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Turns errors into JSON answers; what is not ours becomes a 500 without details, logged. */
export function answerErrors(log: Log) {
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = statusOf(error);
    if (status >= 500) log.error({ problem: messageOf(error) }, "a request failed");
    response.status(status).json({ error: sentenceOf(error, status) } satisfies ErrorAnswer);
  };
}

function sentenceOf(error: unknown, status: number): string {
  if (error instanceof URIError) return "the address has a % that no two hexadecimal digits follow: write %25 for it";
  return error instanceof HttpError || status < 500 ? messageOf(error) : "the scaler failed here: see its log";
}

function statusOf(error: unknown): number {
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : undefined;
  return typeof status === "number" && status >= 400 && status <= 599 ? status : 500;
}
