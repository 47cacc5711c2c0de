import type { Reason, ReasonCode } from "./decision.ts";

type Numbers = Reason["numbers"];

/** The service is named where the target does not name it: the one that binds the number of workers. */
const load = (n: Numbers) => `${n.service ? `${n.service}: ` : ""}${measure(n)}`;

/** What the need that binds was computed from. */
function measure(n: Numbers): string {
  if (n.signal !== undefined) return `${n.signal} is ${n.value}, with ${n.signalTarget} for each replica`;
  if (n.busyReplicas !== undefined)
    return `no capacity is written, and the CPU in use is that of ${n.busyReplicas} replicas at their limit, which`;
  if (n.requestsPerSecond === undefined) return `mean CPU ${n.cpu} at ${n.cpuTarget} each`;
  return `${n.requestsPerSecond} req/s at ${n.capacityPerReplica ?? n.capacityPerWorker} each`;
}

/** Time of day, HH:MM:SS in UTC. */
function clock(epochMs: number | string | undefined): string {
  const seconds = Math.floor(Number(epochMs) / 1000) % 86_400;
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, "0"))
    .join(":");
}

/** Who says so, for how long and what for. */
function byWhom({ by, untilMs, why }: Numbers): string {
  return `by ${by}${untilMs === undefined ? "" : ` until ${clock(untilMs)} UTC`}${why === undefined ? "" : ` (${why})`}`;
}

function asksFor({ min, max, pause }: Numbers): string {
  if (pause !== undefined) return pause === "all" ? "a pause" : `a pause of scale-${pause}`;
  if (min === max) return `exactly ${min}`;
  return [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])].join(
    ", ",
  );
}

const SENTENCES: Readonly<Record<ReasonCode, (n: Numbers) => string>> = {
  "load-needs-more": (n) => `${load(n)}, filled to ${n.utilisation ?? n.headroom}, need ${n.needed}`,
  "load-needs-fewer": (n) =>
    `${load(n)} need ${n.needed}, and never more than ${n.largestNeeded} in the last ${n.windowSeconds} s`,
  "cpu-needs-more": (n) => `mean CPU ${n.cpu} is above the target ${n.cpuTarget}: needs ${n.needed}`,
  "replica-cpu-needs-more": (n) => `${load(n)}, filled to ${n.utilisation}, need ${n.needed}`,
  "signal-needs-more": (n) => `${load(n)}: ${n.needed} are needed`,
  "capacity-too-high": (n) =>
    `${load(n)} would be room enough, but the CPU in use is that of ${n.atLimit} replicas at their limit: one sustains ${n.sustained} req/s at most, ${lessThanWritten(n)}; filled to ${n.utilisation}, ${n.needed} are needed`,
  "trend-needs-more": (n) =>
    `${load(n)} by the trend in ${n.aheadSeconds} s, filled to ${n.headroom}, need ${n.needed}`,
  "burst-needs-more": (n) =>
    `a burst: ${load(n)} in ${n.aheadSeconds} s if it goes on as bursts here do, filled to ${n.headroom}, need ${n.needed}`,
  "season-needs-more": (n) =>
    `${load(n)} in the next minutes, as on the days before, filled to ${n.headroom}, need ${n.needed}`,
  "excess-small": (n) => `${load(n)} need ${n.needed}, but only just, and not for long yet`,
  "wait-holds": (n) =>
    `keeping ${n.current}: ${n.needed} would do, but load returned within ${n.waitSeconds} s in ${n.returns} of the last ${n.falls} falls; ${n.secondsLeft} s left`,
  "season-holds": (n) =>
    `keeping ${n.current}: ${n.needed} would do, but on the days before more was needed in the half-hour to come`,
  steady: (n) => `${load(n)} need ${n.needed}: nothing to do`,
  "within-tolerance": (n) => `${load(n)} would do with ${n.needed}, but not by enough of a margin`,
  "window-holds": (n) =>
    `${load(n)} need ${n.needed} now, but ${n.largestNeeded} were needed recently: ${n.secondsLeft} s left`,
  "at-max": (n) => `${load(n)} need ${n.needed}, the maximum`,
  "below-min": (n) => `${n.current} is below the minimum ${n.min}`,
  "above-max": (n) => `${n.current} is above the maximum ${n.max}`,
  "no-data": (n) => `no data, so nothing changes: ${n.problem}`,
  breaker: (n) => `data of ${n.missingWorkers} workers is missing, more than the share ${n.limit}: nothing scales in`,
  "metrics-blind": (n) => `Prometheus cannot be read, so nothing changes: ${n.problem}`,
  "blind-step-up": (n) => `Prometheus cannot be read and an alert asks for more: one step to ${n.step}`,
  "blind-worker-lost": (n) =>
    `Prometheus cannot be read and ${n.lost} is lost: its share of the load comes here, ${load(n)} by what was last read, need ${n.needed}`,
  settling: (n) => `waiting for the last command to take effect (${n.commanded})`,
  repair: (n) => `${n.ready} run although ${n.commanded} were commanded: again`,
  "group-unreadable": (n) => `the worker group cannot be read, so nothing changes: ${n.problem}`,
  "failed-launch-wait": (n) => `${n.failedLaunches} launch failed: trying again in ${n.secondsLeft} s`,
  "failed-launch-limit": (n) => `${n.failedLaunches} launches in a row failed (limit ${n.limit}): somebody must look`,
  "launches-given-up": (n) =>
    `${n.failedLaunches} launches in a row failed (limit ${n.limit}), ${n.exists} of ${n.desired} exist: no more is asked for, and somebody must look: ${n.awsSays}`,
  unfilled: (n) => `${n.desired} are asked for and ${n.exists} exist: ${n.awsSays}`,
  "taken-replaced": (n) => `AWS takes ${n.worker} away (${noticeInWords(n)}): what takes its place is launched first`,
  "taken-drains": (n) =>
    `AWS takes ${n.worker} away (${noticeInWords(n)}): it drains${n.secondsLeft === undefined ? "" : `, ${n.secondsLeft} s before it is gone`}`,
  "taken-first": (n) => `AWS takes ${n.worker} away: nobody else leaves before it`,
  "too-few-serve": (n) => `only ${n.serving} would be known to serve and ${n.needed} are needed: nobody leaves`,
  "worker-booting": (n) => `${n.booting} still booting: no scale-in meanwhile`,
  "worker-leaving": (n) => `${n.leaving} on the way out: one at a time`,
  draining: (n) =>
    `${n.worker} has been draining for ${n.seconds} s: until it is quiet for ${n.quietSeconds} s, at most ${n.deadlineSeconds} s${openInWords(n.open)}`,
  "drain-quiet": (n) => `${n.worker} has drained for ${n.seconds} s and been quiet for ${n.quietSeconds} s`,
  "drain-dead": (n) => `${n.worker} was draining and answers no more`,
  "drain-deadline": (n) => `${n.worker} has drained for ${n.seconds} s, the deadline is ${n.deadlineSeconds} s`,
  unhealthy: (n) => `${n.worker} has not answered for ${n.seconds} s: replaced`,
  "unhealthy-alone": (n) =>
    `${n.worker} has not answered for ${n.seconds} s and no other worker tells whether it is dead: one more beside it`,
  "never-served": (n) => `${n.worker} has not come into service within ${n.seconds} s: given up`,
  "never-served-alone": (n) =>
    `${n.worker} has not come into service within ${n.seconds} s and no other worker tells whether it is dead: one more beside it`,
  "unhealthy-busy": (n) =>
    `${n.worker} has not answered for ${n.seconds} s and ${n.busyWith} is under way: one more beside it`,
  "process-suspended": (n) =>
    `${n.processes} of the group is suspended: no worker is drained, ended or replaced meanwhile`,
  "group-busy": (n) => `${n.busyWith} is under way: no worker is drained, ended or replaced meanwhile`,
  "test-step": (n) => `a test alert holds one step, at ${n.step}`,
  "test-refused": (n) => `a test alert asks for ${n.step}, but ${n.needed} are needed`,
  paused: (n) => `${n.direction === undefined ? "" : `scale-${n.direction} is `}paused ${byWhom(n)}`,
  pinned: (n) => `pinned to ${n.pinned} ${byWhom(n)}`,
  "override-set": (n) => `an override: ${asksFor(n)} ${byWhom(n)}`,
  "override-ended": (n) => `the override for ${asksFor(n)} was ended by ${n.by}`,
  "limit-min": (n) => `at least ${n.min} ${byWhom(n)}; ${n.needed} are needed`,
  "limit-max": (n) => `at most ${n.max} ${byWhom(n)}; ${n.needed} are needed`,
};

/** A reason as one English sentence with its numbers. */
export function renderReason(reason: Reason): string {
  const { without } = reason.numbers;
  return `${SENTENCES[reason.code](reason.numbers)}${without === undefined ? "" : `; without ${without}`}`;
}

/** How wrong the written capacity is. */
function lessThanWritten({ capacityPerReplica, sustained }: Numbers): string {
  return `${Math.round(100 * (1 - Number(sustained) / Number(capacityPerReplica)))} % less than is written`;
}

/** What AWS calls its notice. */
function noticeInWords({ notice }: Numbers): string {
  return notice === "interruption" ? "Spot interruption" : "Spot rebalance recommendation";
}

/** Streams and WebSockets keep a worker from being quiet: whoever waits for it should know. */
function openInWords(open: number | string | undefined): string {
  if (typeof open !== "number" || open === 0) return "";
  return open === 1 ? "; a request is open" : `; ${open} requests are open`;
}
