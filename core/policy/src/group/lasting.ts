import type { Decision, Reason } from "../decision/decision.ts";
import { renderReason } from "../decision/render-reason.ts";
import { contradictionOf } from "../foresight/learned-capacity.ts";
import { rounded } from "../numbers/bounds.ts";
import type { GroupObservation, WorkerObservation } from "../observation/observation.ts";
import { contradictionOn } from "../replica-needs/by-cpu-limit.ts";
import { utilisationOf } from "../replica-needs/utilisation.ts";
import type { Memory } from "../situation/memory.ts";
import type { Situation } from "../situation/situation.ts";
import { suspendedProcesses } from "./freeze.ts";
import { awsSays } from "./launches.ts";
import { isDown } from "./watch.ts";

/** A state may be gone for this long without being over: a launch that fails shows as a member for a moment. */
const GAP_MS = 60_000;

/** A state of the group that holds now. */
interface State {
  /** What it is about: the same state keeps its key, whatever its numbers are. */
  readonly key: string;
  /** As a sentence, without its end and its time. */
  readonly text: string;
  /** People hear of it at once: it is no state that passes by itself. */
  readonly isUrgent?: boolean;
}

/** A state that has lasted for longer than a boot: people should hear of it, once. */
export interface LastingState extends State {
  /** Since when, epoch ms by the observation's clock. */
  readonly sinceMs: number;
}

/** Holds that nobody should have to look for: the group does not do what the load or its owner wants. */
const STUCK: ReadonlySet<Reason["code"]> = new Set([
  "no-data",
  "breaker",
  "failed-launch-limit",
  "too-few-serve",
  "launches-given-up",
]);

/** The states of this tick that are all right for a while only. What cannot be read at all is told elsewhere. */
function statesOf(situation: Situation, decision: Decision): readonly State[] {
  if (!situation.observation.group.ok) return [];
  const group = situation.observation.group.value;
  const stuck = STUCK.has(decision.reason.code)
    ? [{ key: decision.reason.code, text: renderReason(decision.reason) }]
    : [];
  return [
    ...shortOf(group),
    ...suspendedProcesses(group).map((process) => ({
      key: `suspended/${process}`,
      text: `the group's process ${process} is suspended: no worker is drained, ended or replaced`,
    })),
    ...(group.busyWith === undefined
      ? []
      : [{ key: "busy", text: `${group.busyWith} is under way: no worker is drained, ended or replaced` }]),
    ...contradictedCapacity(situation),
    ...tooHighCapacities(situation),
    ...troubleStates(situation),
    ...memberStates(situation, group.workers),
    ...stuck,
  ];
}

/** With foresight: what workers really sustain is not what is written. */
function contradictedCapacity({ memory }: Situation): readonly State[] {
  const share = memory.foresight && contradictionOf(memory.foresight.capacity);
  if (share === undefined) return [];
  const off = `${Math.round(100 * Math.abs(share - 1))} % ${share < 1 ? "less" : "more"}`;
  return [
    {
      key: "capacity",
      text: `by their CPU workers sustain ${off} than capacity.requestsPerSecond says: correct the file`,
    },
  ];
}

/** Services of which a replica cannot do what is written of it; the worker that tells the least of it speaks for all. */
function tooHighCapacities(situation: Situation): readonly State[] {
  const { config, serving } = situation;
  const utilisation = utilisationOf(situation);
  return Object.entries(config.services).flatMap(([name, service]) => {
    const found = serving.flatMap((worker) => contradictionOn(worker, name, service, utilisation) ?? []);
    if (found.length === 0 || service.capacity === undefined) return [];
    const sustained = Math.max(...found.map((each) => each.sustained));
    const off = Math.round(100 * (1 - sustained / service.capacity.requestsPerSecond));
    const text = `a replica of ${name} sustains ${rounded(sustained)} req/s at most by its CPU, ${off} % less than capacity.requestsPerSecond says (${service.capacity.requestsPerSecond}): correct the file`;
    return [{ key: `capacity/${name}`, text }];
  });
}

/** What workers tell of their services, in the order in which they tell it. */
function troubleStates({ observation: { troubles = [] } }: Situation): readonly State[] {
  return troubles.map(({ worker, service, kind, text }) => ({
    key: `${kind}/${worker}/${service}`,
    text: `${service} on ${worker}: ${text}`,
    isUrgent: true,
  }));
}

function shortOf(group: GroupObservation): readonly State[] {
  const inService = group.workers.filter(({ state }) => state === "in-service").length;
  return inService >= group.desired
    ? []
    : [
        {
          key: "short",
          text: `${group.desired} workers are asked for and ${inService} are in service: ${awsSays(group)}`,
        },
      ];
}

function memberStates(situation: Situation, workers: readonly WorkerObservation[]): readonly State[] {
  const states: State[] = [];
  for (const worker of workers) {
    const text = memberState(situation, worker);
    if (text !== undefined) states.push({ key: `member/${worker.id}`, text });
  }
  return states;
}

/** What a member is that should pass, in words; undefined for one that serves. */
function memberState({ observation }: Situation, worker: WorkerObservation): string | undefined {
  const { id, state, lifecycle } = worker;
  if (state !== "in-service") {
    const called = lifecycle === undefined || lifecycle === "InService" ? "" : ` (${lifecycle})`;
    if (state === "pending") return `${id} has not come into service${called}`;
    if (state === "terminating") return `${id} is on its way out${called}`;
    return `${id} is set aside${called}: it is no capacity`;
  }
  if (!observation.metricsReadable) return undefined;
  if (isDown(worker)) return `${id} does not answer`;
  if (worker.up === false) return `the scrape target of ${id} does not answer, though it serves`;
  if (worker.up === "unknown") return `nobody knows whether ${id} answers: its scrape target cannot be read`;
  if (worker.draining) return `${id} drains`;
  return worker.reached === false ? `the load balancer does not reach ${id}, though it serves` : undefined;
}

/** The states as remembered after this tick; those that were told stay so until they are over, whatever the clock does. */
export function lastingAfter(situation: Situation, decision: Decision): Memory["lasting"] {
  const nowMs = situation.observation.atMs;
  const { bootSeconds } = situation.config.scaling.workers;
  const states = new Map(statesOf(situation, decision).map((state) => [state.key, state]));
  const after: Record<string, Memory["lasting"][string]> = {};
  for (const [key, { text, isUrgent }] of states) {
    const before = situation.memory.lasting[key];
    const sinceMs = before?.sinceMs ?? nowMs;
    const isTold = isUrgent === true || before?.isTold === true || nowMs - sinceMs >= bootSeconds * 1000;
    after[key] = { sinceMs, seenAtMs: nowMs, isTold, text: before?.isTold ? before.text : text };
  }
  // While the group cannot be read nobody knows what is over.
  const isKnown = situation.observation.group.ok;
  for (const [key, before] of Object.entries(situation.memory.lasting)) {
    if (states.has(key)) continue;
    if (!isKnown) after[key] = { ...before, seenAtMs: nowMs };
    else if (nowMs - before.seenAtMs < GAP_MS) after[key] = before;
  }
  return after;
}

/** After a clock jump, or when nobody watched for a while: what was told stays told, what was not begins anew. */
export function lastingAnew(before: Memory["lasting"], nowMs: number): Memory["lasting"] {
  const told = Object.entries(before).filter(([, { isTold }]) => isTold);
  return Object.fromEntries(told.map(([key, state]) => [key, { ...state, seenAtMs: nowMs }]));
}

/** What people should have heard by now. */
export function lastingStates(lasting: Memory["lasting"]): readonly LastingState[] {
  return Object.entries(lasting).flatMap(([key, { isTold, sinceMs, text }]) =>
    isTold ? [{ key, sinceMs, text }] : [],
  );
}
