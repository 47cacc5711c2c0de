import { createServer, type IncomingMessage, type Server } from "node:http";
import { messageOf } from "@compose-fleet/process";
import type { LocalFleetStatus } from "../control/status.ts";
import { FaultError, faultRequestSchema } from "../faults/fault.ts";
import type { FaultRegistry } from "../faults/registry.ts";
import type { DeliveredMessage } from "../outside/fake-telegram.ts";

export interface ControlHandlers {
  readonly status: () => LocalFleetStatus;
  /** Begins to stop; the answer does not wait for the end. */
  readonly shutdown: () => void;
  /** Undefined until the fleet is ready. */
  readonly faults: () => FaultRegistry | undefined;
  /** What people were told by Telegram. */
  readonly messages: () => readonly DeliveredMessage[];
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const ROUTES = "GET /status, GET /messages, POST /shutdown, GET /faults, POST /faults or DELETE /faults/ID";
const MAX_BODY_BYTES = 64 * 1024;

/**
 * `GET /status`, `GET /messages` → `{messages}`, `POST /shutdown`, `GET /faults` → `{available, active}`, `POST /faults` → 201 with the fault in force, `DELETE
 * /faults/ID` → 200 once it is undone. A refusal is `{error}` with a sentence. Not yet listening.
 */
export function createControlServer(handlers: ControlHandlers): Server {
  return createServer((incoming, response) => {
    void route(handlers, incoming)
      .catch(refusal)
      .then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      });
  });
}

async function route(handlers: ControlHandlers, incoming: IncomingMessage): Promise<Answer> {
  const body = await readBody(incoming);
  const path = incoming.url ?? "";
  switch (`${incoming.method} ${path.startsWith("/faults/") ? "/faults/ID" : path}`) {
    case "GET /status":
      return { status: 200, body: handlers.status() };
    case "GET /messages":
      return { status: 200, body: { messages: handlers.messages() } };
    case "POST /shutdown":
      handlers.shutdown();
      return { status: 202, body: { state: "stopping" } };
    case "GET /faults": {
      const faults = ready(handlers);
      return { status: 200, body: { available: faults.available(), active: faults.active() } };
    }
    case "POST /faults":
      return { status: 201, body: await ready(handlers).start(parseRequest(body)) };
    case "DELETE /faults/ID":
      return { status: 200, body: await ready(handlers).end(path.slice("/faults/".length)) };
    default:
      return { status: 404, body: { error: `no route ${incoming.method} ${path}: use ${ROUTES}` } };
  }
}

function ready(handlers: ControlHandlers): FaultRegistry {
  const faults = handlers.faults();
  if (!faults) throw new FaultError(409, "the fleet is not ready: faults need a running one");
  return faults;
}

function parseRequest(body: string) {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new FaultError(400, 'the request is not JSON: write {"name": …, "forSeconds"?: …, "worker"?: …}');
  }
  const parsed = faultRequestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "request"}: ${issue.message}`);
  throw new FaultError(400, faults.join("; "));
}

function refusal(error: unknown): Answer {
  const message = messageOf(error);
  return { status: error instanceof FaultError ? error.status : 500, body: { error: message } };
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of incoming.setEncoding("utf8")) if (body.length <= MAX_BODY_BYTES) body += chunk;
  if (body.length > MAX_BODY_BYTES) throw new FaultError(400, `the request has more than ${MAX_BODY_BYTES} bytes`);
  return body;
}
