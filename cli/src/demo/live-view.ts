import type { LoadSecond } from "@compose-fleet/load";
import type { FleetSnapshot } from "@compose-fleet/wh-api";

/** What the live view shows; parts that are not known yet are absent. */
export interface LiveState {
  readonly elapsedSeconds: number;
  /** What is going on, such as "ramp" or "waiting for scale-in". */
  readonly phase: string;
  readonly load?: LoadSecond;
  /** Requests answered in the last second. */
  readonly answeredRps: number;
  readonly fleet?: FleetSnapshot;
  /** The last decision that was not a hold, or the last one at all, with its reason. */
  readonly decision?: string;
}

/** The view as lines of at most `columns` characters; the same number of lines throughout a run, so that it can be drawn over. */
export function liveFrame(state: LiveState, columns: number): string[] {
  const { load, fleet } = state;
  const total = load?.total;
  const lines = [
    `── ${clock(state.elapsedSeconds)}  ${state.phase} `.padEnd(Math.min(columns, 100), "─"),
    `  load       ${rps(load?.targetRps)} offered, ${rps(state.answeredRps)} answered, p95 ${load?.p95Ms == null ? "-" : `${Math.round(load.p95Ms)} ms`}`,
    `  requests   ${total?.sent ?? 0} sent, ${total?.failed ?? 0} failed${failures(load)}`,
    ...(fleet === undefined
      ? []
      : [
          `  workers    ${bar(fleet.workers.ready, fleet.workers.max)} ${fleet.workers.ready} serving${drainingText(fleet)}, ${fleet.workers.desired} wanted (${fleet.workers.min} to ${fleet.workers.max})`,
          `  replicas   ${replicasText(fleet)}`,
          `  decision   ${state.decision ?? "-"}`,
        ]),
  ];
  return lines.map((line) => (line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`));
}

/** The view as one line, for logs. */
export function liveLine(state: LiveState): string {
  const { load, fleet } = state;
  const parts = [
    clock(state.elapsedSeconds),
    state.phase,
    `${rps(load?.targetRps)} offered`,
    `${rps(state.answeredRps)} answered`,
    `${load?.total.failed ?? 0} failed`,
    `p95 ${load?.p95Ms == null ? "-" : `${Math.round(load.p95Ms)} ms`}`,
    ...(fleet === undefined
      ? []
      : [
          `workers ${fleet.workers.ready}/${fleet.workers.desired}${drainingText(fleet)}`,
          `replicas ${replicasText(fleet)}`,
          `decision: ${state.decision ?? "-"}`,
        ]),
  ];
  return parts.join(" | ");
}

function drainingText({ workers }: FleetSnapshot): string {
  return workers.draining === 0 ? "" : ` (${workers.draining} draining)`;
}

function replicasText(fleet: FleetSnapshot): string {
  if (fleet.replicas.length === 0) return "-";
  const ready = fleet.replicas.reduce((sum, entry) => sum + entry.ready, 0);
  const each = fleet.replicas.map(
    ({ worker, service, ready: has, desired }) =>
      `${worker.slice(-5)}/${service} ${has}${has === desired ? "" : `->${desired}`}`,
  );
  return `${ready} (${each.join(", ")})`;
}

function failures(load: LoadSecond | undefined): string {
  const entries = Object.entries(load?.total.failedBy ?? {});
  return entries.length === 0 ? "" : ` (${entries.map(([cause, count]) => `${cause}: ${count}`).join(", ")})`;
}

function bar(value: number, max: number): string {
  return "█".repeat(Math.min(value, max)) + "░".repeat(Math.max(0, max - value));
}

function rps(value: number | undefined): string {
  return value === undefined ? "-" : `${Math.round(value)} req/s`;
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
