import { readFile } from "node:fs/promises";
import { createWhApi, type Fetch, WhApiError } from "@compose-fleet/wh-api";

/** Where one wh answers on this machine. */
export interface WhInstance {
  /** Its compose service. */
  readonly service: string;
  readonly url: string;
}

const TIMEOUT_MS = 2_000;
const inTime: Fetch = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });

/**
 * The compose service of the wh that says it leads. Where none does (only one runs, or nobody leads at the moment) the first one
 * that answers, else the first.
 */
export async function leadingWh(instances: readonly WhInstance[], apiTokenFile: string): Promise<string> {
  const token = (await readFile(apiTokenFile, "utf8")).trim();
  const answers = await Promise.all(instances.map((each) => ask(each, token)));
  const leads = answers.indexOf("leads");
  const answering = answers.findIndex((answer) => answer !== "silent");
  const chosen = instances[leads >= 0 ? leads : Math.max(0, answering)];
  if (!chosen) throw new Error("this fleet has no wh");
  return chosen.service;
}

async function ask({ url }: WhInstance, token: string): Promise<"leads" | "stands by" | "silent"> {
  try {
    const { leader } = await createWhApi({ baseUrl: url, token, fetch: inTime }).status();
    return leader.isMe ? "leads" : "stands by";
  } catch (error) {
    return error instanceof WhApiError && error.problem === "unreachable" ? "silent" : "stands by";
  }
}
