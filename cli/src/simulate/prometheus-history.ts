import { readFile } from "node:fs/promises";
import { reasonOf, shown } from "@compose-fleet/files";
import { CliError, exitCodes, messageOf } from "@compose-fleet/process";
import { historyQuery, type Trace, TraceError, traceOfPrometheus } from "@compose-fleet/simulator";

const TIMEOUT_MS = 60_000;

/** Which history is meant. */
export interface HistoryOptions {
  /** Address of a Prometheus, with `user:password@` where it asks for them, or a file with a saved answer. */
  readonly source: string;
  readonly rangeSeconds: number;
  readonly service?: string | undefined;
  readonly nowMs: number;
  readonly stop: AbortSignal;
}

/** The traffic that a fleet's Prometheus remembers. Rejects with `CliError`, which never names a password. */
export async function readHistory({ source, ...options }: HistoryOptions): Promise<Trace> {
  const isAddress = /^https?:\/\//.test(source);
  const answer = isAddress ? await ask(new URL(source), options) : await saved(source);
  try {
    return traceOfPrometheus("history", answer);
  } catch (error) {
    throw error instanceof TraceError ? new CliError(error.message) : error;
  }
}

async function ask(
  address: URL,
  { rangeSeconds, service, nowMs, stop }: Omit<HistoryOptions, "source">,
): Promise<unknown> {
  const endpoint = new URL("api/v1/query_range", address.href.endsWith("/") ? address : `${address.href}/`);
  const { username, password } = endpoint;
  endpoint.username = "";
  endpoint.password = "";
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  const { query, start, end, step } = historyQuery(nowMs / 1000, rangeSeconds, service);
  const refuse = (why: string) => new CliError(`Prometheus at ${endpoint.origin} ${why}`);
  let text: string;
  let status: number;
  // Loaded by who needs it: it would make every other command slower to start.
  const { request } = await import("../run/request.ts");
  try {
    const response = await request(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        ...(username !== "" && { authorization: `Basic ${credentials}` }),
      },
      body: new URLSearchParams({ query, start: `${start}`, end: `${end}`, step: `${step}` }).toString(),
      signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    status = response.statusCode;
    text = await response.body.text();
  } catch (error) {
    throw refuse(`cannot be read: ${messageOf(error)}. Is it running, and is the address right?`);
  }
  if (status === 401 || status === 403)
    throw refuse(`wants other credentials (${status}): write http://USER:PASSWORD@…`);
  return parsed(text) ?? fail(refuse(`answered ${status} and no JSON: is it a Prometheus?`));
}

async function saved(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new CliError(`${shown(file)}: ${reasonOf(error)}`, exitCodes.usage);
  });
  return parsed(text) ?? fail(new CliError(`${shown(file)}: is no JSON: save what /api/v1/query_range answers`));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function fail(error: Error): never {
  throw error;
}
