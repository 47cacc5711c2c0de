import { CliError, messageOf } from "@compose-fleet/local-fleet/process";
import { request } from "undici";
import { z } from "zod";
import type { RecordedDecision } from "./decision.ts";
import type { FleetSnapshot } from "./fleet-snapshot.ts";

/** Talks to the scaler's API. Every method throws a `CliError` with a sentence when it does not answer as expected. */
export interface WhClient {
  status(): Promise<FleetSnapshot>;
  /** Newest first. */
  decisions(limit: number): Promise<readonly RecordedDecision[]>;
  /** Why each target, or the one given, is what it is. */
  explain(target?: string): Promise<Explanation>;
  /** Pins the number of workers, within bounds, for that long; returns the override's id. */
  pinWorkers(workers: number, forSeconds: number): Promise<string>;
  /** Ends an override; one that has ended already is no error. */
  removeOverride(id: string): Promise<void>;
  /** Whether this scaler leads; one that knows no leader is alone and does. */
  leads(): Promise<boolean>;
}

const count = z.number().nullable();
const statusSchema = z.object({
  hold: z.boolean(),
  blindSeconds: z.number(),
  lastTick: z.object({ atMs: z.number() }).nullable(),
  workers: z
    .object({
      inService: z.number(),
      draining: z.number().default(0),
      groupDesired: z.number(),
      min: z.number(),
      max: z.number(),
    })
    .nullable(),
  members: z.array(
    z.object({
      id: z.string(),
      state: z.string(),
      services: z.record(z.string(), z.object({ replicasReady: count, replicasDesired: count })),
    }),
  ),
});
const leaderSchema = z.object({ leader: z.object({ isMe: z.boolean() }).nullish() });
const decisionSchema = z.object({
  id: z.string(),
  atMs: z.number(),
  target: z.string(),
  kind: z.string(),
  worker: z.string().optional(),
  from: z.number(),
  to: z.number(),
  text: z.string(),
  outcome: z.object({ status: z.enum(["applied", "skipped", "failed"]), reason: z.string().optional() }).optional(),
});
const explainedSchema = z.object({
  target: z.string(),
  decision: decisionSchema,
  recommendations: z.array(z.object({ atMs: z.number(), value: z.number() })),
  inFlight: z.boolean(),
  lastChange: decisionSchema.nullable(),
});
const tickSchema = z.object({ tick: z.number(), atMs: z.number() });

/** One target, why it is what it is, and the last change. */
export type Explained = z.output<typeof explainedSchema>;

/** The last tick, target by target. */
export interface Explanation {
  readonly tick: number;
  readonly atMs: number;
  readonly targets: readonly Explained[];
}

const timeoutMs = 5_000;

/** A client of the scaler at `baseUrl` (no slash at the end). The token is read from a file by the caller and never shown. */
export function createWhClient({ baseUrl, token }: { readonly baseUrl: string; readonly token: string }): WhClient {
  async function ask(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<[number, string]> {
    const json = body === undefined ? undefined : JSON.stringify(body);
    const response = await request(`${baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(json === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(json === undefined ? {} : { body: json }),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    }).catch((error: unknown) => {
      throw new CliError(`The scaler does not answer at ${baseUrl} (${messageOf(error)}).`);
    });
    return [response.statusCode, await response.body.text()];
  }

  function accepted(question: string, expected: readonly number[], [status, text]: [number, string]): string {
    if (!expected.includes(status))
      throw new CliError(`The scaler answered ${status} to ${question}: ${problemOf(text)}`);
    return text;
  }

  function read<T>(question: string, text: string, schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(jsonOf(text));
    if (!parsed.success)
      throw new CliError(
        `The scaler answered ${question} in a form that this version does not know: ${z.prettifyError(parsed.error)}`,
      );
    return parsed.data;
  }

  async function get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const question = `GET ${path}`;
    return read(question, accepted(question, [200], await ask("GET", path)), schema);
  }

  return {
    status: async () => snapshotOf(await get("/api/status", statusSchema)),
    decisions: async (limit) => {
      const { decisions } = await get(
        `/api/decisions?limit=${limit}`,
        z.object({ decisions: z.array(decisionSchema) }),
      );
      return decisions.map(recordedOf);
    },
    explain: async (target) => {
      if (target === undefined) return get("/api/explain", tickSchema.extend({ targets: z.array(explainedSchema) }));
      const one = await get(
        `/api/explain?target=${encodeURIComponent(target)}`,
        explainedSchema.extend(tickSchema.shape),
      );
      return { tick: one.tick, atMs: one.atMs, targets: [one] };
    },
    pinWorkers: async (workers, forSeconds) => {
      const question = "POST /api/overrides";
      const answer = await ask("POST", "/api/overrides", { kind: "pin-workers", workers, forSeconds, by: "fleet" });
      return read(question, accepted(question, [201], answer), z.object({ id: z.string() })).id;
    },
    removeOverride: async (id) => {
      const path = `/api/overrides/${encodeURIComponent(id)}`;
      accepted(`DELETE ${path}`, [204, 404], await ask("DELETE", path));
    },
    leads: async () => (await get("/api/status", leaderSchema)).leader?.isMe ?? true,
  };
}

function snapshotOf({ hold, blindSeconds, lastTick, workers, members }: z.output<typeof statusSchema>): FleetSnapshot {
  if (lastTick === null) throw new CliError("The scaler has not completed a tick yet.");
  if (workers === null) throw new CliError("The scaler cannot read the worker group.");
  return {
    atMs: lastTick.atMs,
    hold,
    blindSeconds,
    workers: {
      ready: workers.inService,
      draining: workers.draining,
      desired: workers.groupDesired,
      min: workers.min,
      max: workers.max,
    },
    replicas: members
      .filter(({ state }) => state === "in-service")
      .flatMap(({ id, services }) =>
        Object.entries(services).map(([service, { replicasReady, replicasDesired }]) => ({
          worker: id,
          service,
          ready: replicasReady ?? 0,
          desired: replicasDesired ?? replicasReady ?? 0,
        })),
      ),
  };
}

function recordedOf({ outcome, ...decision }: z.output<typeof decisionSchema>): RecordedDecision {
  return { ...decision, ...(outcome === undefined ? {} : { outcome: outcome.status }) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemOf(text: string): string {
  const problem = z.object({ error: z.string() }).safeParse(jsonOf(text));
  return problem.success ? problem.data.error : text.slice(0, 200);
}
