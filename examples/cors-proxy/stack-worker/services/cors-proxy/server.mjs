// Passes requests on to one target, and lets pages of the allowed origins read its answers.
//   TARGET           where to, such as http://mock-target:8081
//   ALLOWED_ORIGINS  origins whose pages may read, with blanks between
//   PORT             8080
import { createServer, request } from "node:http";

const target = new URL(process.env.TARGET ?? "http://mock-target:8081");
const allowed = new Set((process.env.ALLOWED_ORIGINS ?? "").split(/\s+/).filter(Boolean));
const MOST_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;
const TRIES = 20;
const BETWEEN_MS = 100;
/** Headers of one connection, which are none of the message's. */
const OF_THE_CONNECTION = ["connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "host"];
/** Nothing was sent: the replica has left, has not begun to listen, or its name is not known for a moment. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"]);

const server = createServer(async (incoming, outgoing) => {
  const { origin } = incoming.headers;
  if (origin !== undefined && !allowed.has(origin)) return say(outgoing, 403, `${origin} may not read here`);
  for (const [name, value] of Object.entries(corsHeaders(origin, incoming))) outgoing.setHeader(name, value);
  if (incoming.method === "OPTIONS") return outgoing.writeHead(204).end();
  try {
    const body = await bodyOf(incoming);
    if (body === undefined) return say(outgoing, 413, `at most ${MOST_BYTES} bytes`);
    const answer = await ask(incoming, body);
    outgoing.writeHead(answer.statusCode ?? 502, withoutConnection(answer.headers));
    answer.pipe(outgoing).on("error", () => answer.destroy());
    answer.on("error", () => outgoing.destroy());
  } catch (error) {
    say(outgoing, error.code === "ETIMEDOUT" ? 504 : 502, `the target does not answer (${error.code ?? error.message})`);
  }
});

function corsHeaders(origin, { headers }) {
  if (origin === undefined) return {};
  const asked = headers["access-control-request-headers"];
  return {
    "access-control-allow-origin": origin,
    vary: "Origin",
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-max-age": "600",
    ...(asked === undefined ? {} : { "access-control-allow-headers": asked }),
  };
}

/** The whole body, so that it can be sent again to another replica; undefined where it is too large. */
async function bodyOf(incoming) {
  const parts = [];
  let bytes = 0;
  for await (const part of incoming) {
    bytes += part.length;
    if (bytes > MOST_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Asks the target. What was never sent is sent again: a replica of the target may be leaving. */
async function ask(incoming, body) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await askOnce(incoming, body);
    } catch (error) {
      if (!NEVER_SENT.has(error.code) || attempt === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    }
  }
}

function askOnce({ headers, method, url }, body) {
  return new Promise((resolve, reject) => {
    // A new connection each time: Docker's DNS gives another replica, and none is held that leaves.
    const asked = request(new URL(target.origin + url), {
      agent: false,
      method,
      headers: { ...withoutConnection(headers), "content-length": body.length },
      timeout: TIMEOUT_MS,
    });
    asked.on("timeout", () => asked.destroy(Object.assign(new Error("late"), { code: "ETIMEDOUT" })));
    asked.on("response", resolve).on("error", reject).end(body);
  });
}

function withoutConnection(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name)));
}

function say(outgoing, status, text) {
  if (outgoing.headersSent) return outgoing.destroy();
  outgoing.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

server.listen(Number(process.env.PORT ?? 8080), "0.0.0.0");
// nginx sends nothing more by now: answer what is under way, then end.
process.on("SIGTERM", () => server.close());
