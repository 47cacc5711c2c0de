import { z } from "zod";
import { errorAnswerSchema } from "./alerts.ts";
import { type AuditQuery, decisionsSchema, type RecordedDecision } from "./decision.ts";
import {
  type Explanation,
  explanationSchema,
  type ReceiptExplanation,
  receiptExplanationSchema,
  targetExplanationSchema,
} from "./explanation.ts";
import { type JobRunAsked, type JobRunRequest, type JobsAnswer, jobRunAskedSchema, jobsSchema } from "./jobs.ts";
import { type OverrideAnswer, type OverrideRequest, overrideSchema } from "./override.ts";
import { paths } from "./paths.ts";
import { type FleetSnapshot, snapshotOf } from "./snapshot.ts";
import { type StatusAnswer, statusSchema } from "./status.ts";
import { WhApiError } from "./wh-api-error.ts";

/** Talks to a scaler's API. Every method throws `WhApiError` when it does not answer as expected. */
export interface WhApi {
  status(): Promise<StatusAnswer>;
  /** The same in short. Throws also before the first tick, and while the group cannot be read (not-ready). */
  snapshot(): Promise<FleetSnapshot>;
  /** Newest first, at most `limit` (1 to 1000), of one target or of all. */
  decisions(limit: number, target?: string): Promise<readonly RecordedDecision[]>;
  /** The audit of a span, newest first, at most `limit`. */
  audit(query: AuditQuery): Promise<readonly RecordedDecision[]>;
  /** Why each target, or the one given, is what it is. */
  explain(target?: string): Promise<Explanation>;
  /** What became of a notification. */
  explainReceipt(id: string): Promise<ReceiptExplanation>;
  addOverride(override: OverrideRequest): Promise<OverrideAnswer>;
  /** Ends an override; one that has ended already is no error. */
  removeOverride(id: string, by?: string): Promise<void>;
  /** The jobs of the fleet, and their runs. */
  jobs(): Promise<JobsAnswer>;
  /** Asks for a run of a job, which the leader begins soon. The same id again asks for nothing more. */
  runJob(name: string, request: JobRunRequest): Promise<JobRunAsked>;
}

/** As much of the standard `fetch` as is needed. Whoever gives it decides how long an answer may take. */
export type Fetch = (
  url: string,
  init: { readonly method: string; readonly headers: Record<string, string>; readonly body?: string },
) => Promise<{ readonly status: number; readonly text: () => Promise<string> }>;

export interface WhApiDeps {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Of the API; shown nowhere. */
  readonly token: string;
  readonly fetch: Fetch;
}

interface Question {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: object;
  /** Statuses of a good answer. */
  readonly expected: readonly number[];
}

/** A client of the scaler at `baseUrl`. */
export function createWhApi(deps: WhApiDeps): WhApi {
  const get = <T>(path: string, schema: z.ZodType<T>) =>
    ask(deps, { method: "GET", path: `${paths.api}${path}`, expected: [200] }, schema);
  const overrides = `${paths.api}${paths.overrides}`;

  return {
    status: () => get(paths.status, statusSchema),
    snapshot: async () => snapshotOf(await get(paths.status, statusSchema)),
    decisions: async (limit, target) =>
      (
        await get(
          `${paths.decisions}?limit=${limit}${target === undefined ? "" : `&${query("target", target)}`}`,
          decisionsSchema,
        )
      ).decisions,
    audit: async ({ limit, sinceMs, untilMs, target }) => {
      const words = Object.entries({ limit, since: sinceMs, until: untilMs, target });
      const asked = words.flatMap(([name, value]) => (value === undefined ? [] : [query(name, String(value))]));
      return (await get(`${paths.decisions}?${asked.join("&")}`, decisionsSchema)).decisions;
    },
    explain: async (target) => {
      if (target === undefined) return get(paths.explain, explanationSchema);
      const { tick, atMs, ...one } = await get(`${paths.explain}?${query("target", target)}`, targetExplanationSchema);
      return { tick, atMs, targets: [one] };
    },
    explainReceipt: (id) => get(`${paths.explain}?${query("receipt", id)}`, receiptExplanationSchema),
    addOverride: (body) => ask(deps, { method: "POST", path: overrides, body, expected: [201] }, overrideSchema),
    removeOverride: async (id, by) => {
      const path = `${overrides}/${encodeURIComponent(id)}${by === undefined ? "" : `?${query("by", by)}`}`;
      await send(deps, { method: "DELETE", path, expected: [204, 404] });
    },
    jobs: () => get(paths.jobs, jobsSchema),
    runJob: (name, body) => {
      const path = `${paths.api}${paths.jobs}/${encodeURIComponent(name)}/runs`;
      return ask(deps, { method: "POST", path, body, expected: [202] }, jobRunAskedSchema);
    },
  };
}

async function ask<T>(deps: WhApiDeps, question: Question, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(jsonOf(await send(deps, question)));
  if (parsed.success) return parsed.data;
  throw new WhApiError(
    "misread",
    `The scaler answered ${question.method} ${question.path} in a form that this version does not know: ${z.prettifyError(parsed.error)}\nUse the commit that the scaler runs, or release this one: npx fleet release.`,
  );
}

async function send({ baseUrl, token, fetch }: WhApiDeps, question: Question): Promise<string> {
  const { method, path, body, expected } = question;
  let status: number;
  let text: string;
  try {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    throw new WhApiError("unreachable", `The scaler does not answer at ${baseUrl} (${reasonOf(error)}).`);
  }
  if (expected.includes(status)) return text;
  const said = errorAnswerSchema.safeParse(jsonOf(text)).data?.error ?? text.slice(0, 200);
  throw new WhApiError("refused", `The scaler answered ${status} to ${method} ${path}: ${said}`, status);
}

/** The standard `fetch` says "fetch failed", and why only in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}

function query(name: string, value: string): string {
  return `${name}=${encodeURIComponent(value)}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
