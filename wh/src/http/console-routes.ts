import { type Response, Router } from "express";
import type { ConsoleFile, ConsoleFiles } from "../console/console-files.ts";

/** Nothing of another host, nothing inline, no frame around it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const MISSING = "This scaler was built without the console: npm run build -w wh makes both.\n";

/** The page at `/` and its files. They hold nothing of the fleet, so anybody may have them; what they show needs a session. */
export function consoleRoutes(files: ConsoleFiles | undefined): Router {
  const router = Router();
  router.get("/", (request, response) => {
    const page = files?.page;
    response.set(HEADERS).set("cache-control", "no-cache");
    if (page) return send(response, page, request.headers["accept-encoding"]);
    response.status(404).type("text/plain").send(MISSING);
  });
  router.get("/console/:name", (request, response, next) => {
    const file = files?.assets.get(request.params.name);
    if (!file) return next();
    // The name has the content's hash.
    response.set(HEADERS).set("cache-control", "public, max-age=31536000, immutable");
    send(response, file, request.headers["accept-encoding"]);
  });
  return router;
}

function send(response: Response, file: ConsoleFile, accepted: string | string[] | undefined): void {
  const isZipped = /\bgzip\b/.test(`${accepted ?? ""}`);
  response.set("content-type", file.type).set("vary", "accept-encoding");
  if (isZipped) response.set("content-encoding", "gzip");
  response.end(isZipped ? file.gzip : file.bytes);
}
