import { createServer, type IncomingMessage, type Server } from "node:http";
import type { FakeTelegram } from "./fake-telegram.ts";
import type { GateAnswer, QueryGate } from "./query-gate.ts";

/** Paths by which the monitoring stack reaches what is not AWS. */
export const TELEGRAM_PATH = "/telegram";
export const PROMETHEUS_PATH = "/prometheus";

const MAX_BODY_BYTES = 1024 * 1024;

/** What the monitoring stack talks to besides AWS: people's Telegram, and the way to Prometheus that faults may disturb. Not yet listening. */
export function createOutsideServer(parts: { readonly telegram: FakeTelegram; readonly gate: QueryGate }): Server {
  return createServer((request, response) => {
    void answer(parts, request).then(({ status, contentType, body }) => {
      response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(body) });
      response.end(body);
    });
  });
}

async function answer(
  { telegram, gate }: Parameters<typeof createOutsideServer>[0],
  request: IncomingMessage,
): Promise<GateAnswer> {
  const { method = "GET", url = "/", headers } = request;
  const body = await readBody(request).catch(() => undefined);
  if (body === undefined) return json(413, { error: `the body has more than ${MAX_BODY_BYTES} bytes` });
  if (url.startsWith(`${TELEGRAM_PATH}/`)) {
    const { status, body: said } = telegram.answer(url.slice(TELEGRAM_PATH.length), parse(body));
    return json(status, said);
  }
  if (url.startsWith(`${PROMETHEUS_PATH}/`))
    return gate.answer({ method, path: url.slice(PROMETHEUS_PATH.length), headers, body });
  return json(404, { error: `nothing is at ${url}` });
}

function json(status: number, body: object): GateAnswer {
  return { status, contentType: "application/json", body: JSON.stringify(body) };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Rejects when there is too much of it. */
async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += chunk;
    if (body.length > MAX_BODY_BYTES) throw new Error("too much");
  }
  return body;
}
