import type { FleetConfig } from "@compose-fleet/fleet";
import type { Override } from "@compose-fleet/policy";
import { jobRunRequestSchema, type OverrideAnswer, paths } from "@compose-fleet/wh-api";
import { type RequestHandler, Router } from "express";
import { z } from "zod";
import type { JobViews } from "../jobs/job-views.ts";
import { messageOf } from "../runtime/log.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Overrides } from "../state/overrides.ts";
import type { Views } from "../views/views.ts";
import { HttpError } from "./http-error.ts";
import { jsonBody } from "./json-body.ts";
import { requireOperator } from "./operator.ts";
import { parseOverride } from "./override-input.ts";

const LIMIT_BYTES = 16 * 1024;
const DECISIONS_DEFAULT = 50;
const DECISIONS_LIMIT = 1000;

export interface ApiDeps {
  readonly token: string;
  readonly sessions: Sessions;
  readonly config: FleetConfig;
  readonly views: Views;
  readonly overrides: Overrides;
  readonly newOverride: () => { readonly id: string; readonly nowMs: number };
  /** Who asked for what, and who ended it, is kept with the decisions. */
  readonly audit: (override: Override, ended?: { readonly by: string }) => void;
  readonly jobs: JobViews;
  /** A changed override is looked at at once. */
  readonly wake: () => void;
}

/** The operators' API under /api. */
export function apiRoutes(deps: ApiDeps): Router {
  const { token, sessions, config, views, overrides, newOverride, audit, jobs, wake } = deps;
  const router = Router();
  router.use(requireOperator(token, sessions));

  router.get(paths.status, async (_request, response) => {
    const active = await overrides.active();
    response.json(views.status(active.map(({ override }) => override)));
  });
  router.get(paths.decisions, async (request, response) => {
    const limit = limitOf(request.query.limit);
    const target = textOf(request.query.target, "target");
    const sinceMs = timeOf(request.query.since, "since");
    const untilMs = timeOf(request.query.until, "until") ?? Number.MAX_SAFE_INTEGER;
    if (sinceMs === undefined) return void response.json(views.decisions(limit, target));
    const span = { sinceMs, untilMs: Math.min(untilMs, newOverride().nowMs + 1), target };
    response.json(
      await views.audit(span, limit).catch((error: unknown) => {
        throw new HttpError(503, `the audit cannot be read from the state table: ${messageOf(error)}`);
      }),
    );
  });
  router.get(paths.explain, (request, response) => {
    const receipt = textOf(request.query.receipt, "receipt");
    const found =
      receipt === undefined ? views.explain(textOf(request.query.target, "target")) : views.receipt(receipt);
    if (!found.ok) throw new HttpError(404, found.problem);
    response.json(found.value);
  });
  router.post(paths.overrides, ...jsonBody(LIMIT_BYTES), async (request, response) => {
    const result = parseOverride(request.body, { config, ...newOverride() });
    if (!result.ok) throw new HttpError(422, result.problem);
    await stored(overrides.add(result.override));
    audit(result.override);
    wake();
    response.status(201).json(result.override satisfies OverrideAnswer);
  });
  const remove: RequestHandler<{ id: string }> = async (request, response) => {
    const by = textOf(request.query.by, "by") ?? "api";
    const ended = await stored(overrides.remove(request.params.id));
    if (!ended) throw new HttpError(404, "there is no override with this id: see overrides in /api/status");
    audit(ended, { by });
    wake();
    response.status(204).end();
  };
  router.delete(`${paths.overrides}/:id`, remove);
  router.get(paths.jobs, async (_request, response) => {
    response.json(await fromTable("the jobs cannot be read", jobs.jobs()));
  });
  const run: RequestHandler<{ name: string }> = async (request, response) => {
    const parsed = jobRunRequestSchema.safeParse(request.body);
    if (!parsed.success) throw new HttpError(422, `not a wish for a run: ${z.prettifyError(parsed.error)}`);
    const { name } = request.params;
    const asked = await fromTable("the run was not asked for", jobs.ask(name, parsed.data));
    const names = Object.keys(config.jobs);
    if (asked === undefined)
      throw new HttpError(
        404,
        names.length === 0
          ? "the fleet file has no jobs"
          : `there is no job of this name: known are ${names.join(", ")}`,
      );
    wake();
    response.status(202).json(asked);
  };
  router.post(`${paths.jobs}/:name/runs`, ...jsonBody(LIMIT_BYTES), run as RequestHandler);
  return router;
}

async function stored<T>(change: Promise<T>): Promise<T> {
  return fromTable("the override was not changed", change);
}

async function fromTable<T>(otherwise: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new HttpError(503, `${otherwise}, since the state table cannot be reached: ${messageOf(error)}`);
  }
}

function limitOf(value: unknown): number {
  if (value === undefined) return DECISIONS_DEFAULT;
  const limit = typeof value === "string" && /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > DECISIONS_LIMIT)
    throw new HttpError(400, `limit is a whole number from 1 to ${DECISIONS_LIMIT}`);
  return limit;
}

function timeOf(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && /^\d{1,15}$/.test(value)) return Number(value);
  throw new HttpError(400, `${name} is a time in epoch milliseconds`);
}

function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value.length === 0 || value.length > 200)
    throw new HttpError(400, `${name} is one short text`);
  return value;
}
