import type { LookAnswer, StatusAnswer } from "@compose-fleet/wh-api";

type Member = StatusAnswer["members"][number];

/** What a worker does, in one word. */
export type WorkerState = "booting" | "serving" | "draining" | "unhealthy" | "unknown" | "leaving" | "aside";

/** One replica. `load` is a share of what it sustains: 1 is full; null where it cannot be read. */
export interface Cell {
  readonly kind: "ready" | "missing" | "surplus";
  readonly load: number | null;
}

export interface CellGroup {
  readonly service: string;
  readonly cells: readonly Cell[];
  /** The same in words. */
  readonly text: string;
}

export interface WorkerRow {
  readonly id: string;
  readonly zone: string;
  readonly state: WorkerState;
  /** The group's own word, where it says more. */
  readonly lifecycle: string | null;
  readonly launchedAtMs: number;
  readonly cpuRatio: number | null;
  readonly requestsPerSecond: number | null;
  readonly services: Member["services"];
}

const ORDER: readonly WorkerState[] = ["unhealthy", "unknown", "booting", "draining", "leaving", "aside", "serving"];
/** A number that no machine has is a mistake somewhere, and must not fill the page. */
const MOST_CELLS = 200;

/** A row a worker: those that want a look first, then by name. */
export function workerRows({ status }: Pick<LookAnswer, "status">): readonly WorkerRow[] {
  return status.members
    .map((member) => ({
      id: member.id,
      zone: member.zone,
      state: stateOf(member),
      lifecycle: member.lifecycle,
      launchedAtMs: member.launchedAtMs,
      cpuRatio: member.cpuRatio,
      requestsPerSecond: member.arrivalsPerSecond,
      services: member.services,
    }))
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.id < b.id ? -1 : 1));
}

/** The cells of a row. Apart, since of a thousand rows only a few are drawn. */
export function cellGroups(
  { services }: Pick<WorkerRow, "services">,
  capacities: LookAnswer["capacities"],
): readonly CellGroup[] {
  return Object.entries(services).map(([service, seen]) => cellGroup(service, seen, capacities[service]));
}

function stateOf({ draining, state, up }: Member): WorkerState {
  if (state === "pending") return "booting";
  if (state === "terminating") return "leaving";
  if (state === "aside") return "aside";
  if (draining) return "draining";
  return up === null ? "unknown" : up ? "serving" : "unhealthy";
}

function cellGroup(service: string, seen: Member["services"][string], capacity: number | undefined): CellGroup {
  const { replicasDesired, replicasReady, requestsPerSecond } = seen;
  const ready = Math.min(MOST_CELLS, replicasReady ?? 0);
  const desired = Math.min(MOST_CELLS, replicasDesired ?? ready);
  const load =
    requestsPerSecond === null || capacity === undefined || ready === 0 ? null : requestsPerSecond / ready / capacity;
  const cells = Array.from({ length: Math.max(ready, desired) }, (_, index): Cell => {
    if (index >= ready) return { kind: "missing", load: null };
    return { kind: replicasDesired !== null && index >= desired ? "surplus" : "ready", load };
  });
  const share = load === null ? "their load is unknown" : `each at ${Math.round(load * 100)} % of its capacity`;
  const of = replicasDesired === null ? "" : ` of ${replicasDesired}`;
  const text = replicasReady === null ? "replicas unknown" : `${replicasReady}${of} ready, ${share}`;
  return { service, cells, text: `${service}: ${text}` };
}

/** 0 (idle) to 4 (full or more); undefined where nothing is known. */
export function heatOf(load: number | null): 0 | 1 | 2 | 3 | 4 | undefined {
  if (load === null || !Number.isFinite(load)) return undefined;
  if (load < 0.15) return 0;
  if (load < 0.45) return 1;
  if (load < 0.75) return 2;
  return load < 1 ? 3 : 4;
}

/** Which rows of a long list are drawn: those in sight and some around them. */
export function windowOf(
  rows: number,
  { scrollTop, height, rowHeight }: { readonly scrollTop: number; readonly height: number; readonly rowHeight: number },
): { readonly from: number; readonly to: number } {
  const around = 8;
  const from = Math.max(0, Math.min(rows, Math.floor(scrollTop / rowHeight)) - around);
  return { from, to: Math.min(rows, Math.ceil((scrollTop + height) / rowHeight) + around) };
}
