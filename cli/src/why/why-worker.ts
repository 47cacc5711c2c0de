import { CliError } from "@compose-fleet/process";
import { decisionText, type RecordedDecision, type StatusAnswer } from "@compose-fleet/wh-api";
import { readAudit } from "../decisions/audit.ts";
import type { LogLine } from "../logs/log-line.ts";
import { sourceText } from "../logs/log-line.ts";
import { span } from "../status/ago.ts";
import type { FleetTarget } from "../target/fleet-target.ts";
import type { Activity } from "../target/group-activities.ts";
import { decisionOfLaunch, decisionsOfWorker } from "./deciding.ts";

/** Lines of its containers that are shown of one that is gone. */
const LAST_LINES = 200;
/** A member that AWS calls so does not come back. */
const LEAVES = /^Terminat/;
/** Before its end, milliseconds, they are looked for. */
const BEFORE_END_MS = 600_000;

/** Why a worker is there, or is gone. */
export interface WorkerAnswer {
  readonly id: string;
  readonly member?: StatusAnswer["members"][number];
  readonly launch?: RecordedDecision;
  /** Newest first. */
  readonly decisions: readonly RecordedDecision[];
  /** What the group says of it, newest first. */
  readonly activities: readonly Activity[];
  readonly log: readonly LogLine[];
}

/** Asks the scaler, the audit since then, and the group. Throws `CliError` where nobody knows of such a worker. */
export async function whyWorker(
  { scaler, activities, logs }: Pick<FleetTarget, "scaler" | "activities" | "logs">,
  worker: string,
  { sinceMs, nowMs, signal }: { readonly sinceMs: number; readonly nowMs: number; readonly signal: AbortSignal },
): Promise<WorkerAnswer> {
  const [status, ofGroup] = await Promise.all([scaler.status(), activities()]);
  const members = status.members.filter(({ id }) => id.startsWith(worker));
  const id =
    members[0]?.id ??
    ofGroup.map(({ workers }) => workers.find((each) => each.startsWith(worker))).find((each) => each !== undefined) ??
    worker;
  const [member] = members;
  const all: RecordedDecision[] = [];
  for await (const decision of readAudit(scaler, { sinceMs, untilMs: nowMs + 1, target: "workers" }))
    all.push(decision);
  const its = ofGroup.filter(({ workers }) => workers.includes(id));
  const decisions = decisionsOfWorker(all, id);
  if (member === undefined && its.length === 0 && decisions.length === 0)
    throw new CliError(
      `Neither the scaler nor the group knows of a worker ${worker} since ${new Date(sinceMs).toISOString()}: --since looks further back.`,
    );
  const launchedAtMs = member?.launchedAtMs ?? its.at(-1)?.atMs;
  const launch = launchedAtMs === undefined ? undefined : decisionOfLaunch(all, launchedAtMs);
  const endedAtMs = isGoing(member) ? (its[0]?.atMs ?? decisions[0]?.atMs) : undefined;
  let log: LogLine[] = [];
  if (endedAtMs !== undefined)
    for await (const lines of logs.read({
      wants: ({ machine }) => machine === id,
      sinceMs: endedAtMs - BEFORE_END_MS,
      follow: false,
      signal,
    }))
      log = [...log, ...lines].slice(-LAST_LINES);
  return { id, ...(member && { member }), ...(launch && { launch }), decisions, activities: its, log };
}

/** It has left the group, or its instance is on the way out of it. */
function isGoing(member: WorkerAnswer["member"]): boolean {
  return member === undefined || LEAVES.test(member.lifecycle ?? "");
}

function stateText(member: NonNullable<WorkerAnswer["member"]>): string {
  const state = member.draining ? "drains" : (member.lifecycle ?? member.state);
  return `is ${isGoing(member) ? "going" : "there"}: ${state} in ${member.zone}`;
}

/** The answer for people. */
export function workerLines({ id, member, launch, decisions, activities, log }: WorkerAnswer, nowMs: number): string[] {
  const at = (atMs: number) => `${new Date(atMs).toISOString()} (${span(nowMs - atMs)} ago)`;
  return [
    member === undefined ? `${id} is gone` : `${id} ${stateText(member)}, launched ${at(member.launchedAtMs)}`,
    ...(launch === undefined ? [] : [`  wanted ${at(launch.atMs)}: ${decisionText(launch)}`]),
    ...decisions.map((decision) => `  decided ${at(decision.atMs)}: ${decisionText(decision)}`),
    ...activities.map(({ atMs, status, description, cause }) =>
      `  group ${at(atMs)}: ${description}, ${status}. ${cause}`.trimEnd(),
    ),
    ...(decisions.length === 0 && isGoing(member)
      ? ["  The scaler decided nothing about it: the group, Spot, or somebody ended it, or its machine was lost."]
      : []),
    ...(log.length === 0 ? [] : [`  its containers' last ${log.length} lines:`]),
    ...log.map(({ source, text }) => `    ${sourceText(source)}  ${text}`),
  ];
}
