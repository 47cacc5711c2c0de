/** Why, as data: text is rendered when someone looks (`renderReason`). */
export interface Reason {
  readonly code: ReasonCode;
  /** The numbers that bound the decision, by name, units in the names. */
  readonly numbers: Readonly<Record<string, number | string>>;
}

export const REASON_CODES = [
  "load-needs-more",
  "load-needs-fewer",
  "cpu-needs-more",
  "replica-cpu-needs-more",
  "signal-needs-more",
  "capacity-too-high",
  "trend-needs-more",
  "burst-needs-more",
  "season-needs-more",
  "excess-small",
  "wait-holds",
  "season-holds",
  "steady",
  "within-tolerance",
  "window-holds",
  "at-max",
  "below-min",
  "above-max",
  "no-data",
  "breaker",
  "metrics-blind",
  "blind-step-up",
  "blind-worker-lost",
  "settling",
  "repair",
  "group-unreadable",
  "failed-launch-wait",
  "failed-launch-limit",
  "launches-given-up",
  "unfilled",
  "taken-replaced",
  "taken-drains",
  "taken-first",
  "too-few-serve",
  "worker-booting",
  "worker-leaving",
  "draining",
  "drain-quiet",
  "drain-dead",
  "drain-deadline",
  "unhealthy",
  "unhealthy-alone",
  "never-served",
  "never-served-alone",
  "unhealthy-busy",
  "group-busy",
  "process-suspended",
  "test-step",
  "test-refused",
  "paused",
  "pinned",
  "limit-min",
  "limit-max",
  "override-set",
  "override-ended",
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/**
 * What a tick decided for one target. Every target gets exactly one decision a tick, also when it holds.
 * Numbers are absolute, so applying a decision twice changes nothing.
 */
export type Decision =
  | {
      readonly kind: "scale-containers";
      readonly worker: string;
      readonly service: string;
      readonly from: number;
      readonly to: number;
      readonly reason: Reason;
    }
  | { readonly kind: "set-capacity"; readonly from: number; readonly to: number; readonly reason: Reason }
  | {
      /** Takes the worker out of service, from `from` to `to` serving ones; it is ended by `terminate-worker`, or comes back by `cancel-drain`. */
      readonly kind: "drain-worker" | "cancel-drain";
      readonly worker: string;
      readonly from: number;
      readonly to: number;
      readonly reason: Reason;
    }
  | {
      /** `terminate-worker` ends a worker that has drained or never served and lowers the desired capacity; `replace-worker` ends a dead one and keeps it. */
      readonly kind: "terminate-worker" | "replace-worker";
      readonly worker: string;
      readonly from: number;
      readonly to: number;
      readonly reason: Reason;
    }
  | { readonly kind: "hold"; readonly target: Target; readonly current: number; readonly reason: Reason };

export type Target =
  | { readonly kind: "workers" }
  | { readonly kind: "replicas"; readonly worker: string; readonly service: string };

/** `workers`, or `replicas/WORKER/SERVICE`: the key of a target in state, logs and metrics. */
export function targetKey(target: Target): string {
  return target.kind === "workers" ? "workers" : `replicas/${target.worker}/${target.service}`;
}

/** The target a decision is about. */
export function targetOf(decision: Decision): Target {
  if (decision.kind === "hold") return decision.target;
  if (decision.kind === "scale-containers")
    return { kind: "replicas", worker: decision.worker, service: decision.service };
  return { kind: "workers" };
}
