import { CliError, exitCodes } from "@compose-fleet/process";
import type { Asked } from "./load-steps.ts";

const TIMEOUT_MS = 10_000;

/** Asks once before anything is changed: only what a service answers well can be measured. Throws `CliError` with what to do. */
export async function askOnce({ target, method, host }: Asked): Promise<void> {
  // Loaded by who needs it: it would make every other command slower to start.
  const { request } = await import("../run/request.ts");
  const answer = await request(target, {
    method,
    ...(method === "POST" && { body: "hello" }),
    ...(host !== undefined && { headers: { host } }),
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  }).catch((error: Error) => error);
  if (answer instanceof Error) throw new CliError(`${target} does not answer (${answer.message}).`);
  await answer.body.dump();
  const problem = problemOf(answer.statusCode, String(answer.headers.location ?? ""));
  if (problem !== undefined)
    throw new CliError(
      `${method} ${target} answers ${answer.statusCode}: ${problem}. Nothing was measured.`,
      exitCodes.usage,
    );
}

/** Why an answer of this status is none to measure by, and what to do; undefined for a good one. */
export function problemOf(status: number, location: string): string | undefined {
  if (status < 300) return undefined;
  if (status < 400)
    return `it leads elsewhere${location === "" ? "" : `, to ${location}`}, and that would not be measured. Name where it leads with --path`;
  if (status === 401) return "it wants a login. Measure in a copy of the fleet file without basicAuth";
  if (status === 404) return "the service has nothing there. Name a path that it has with --path";
  if (status === 405) return "it does not take this method. Try the other one with --method, or another --path";
  if (status === 429) return "it limits its clients. Measure in a copy of the fleet file without rateLimit";
  if (status === 503) return "no replica serves it now, or it is in maintenance. npx fleet local status says more";
  return "what fails is not what it sustains. Name a path that works with --path";
}
