import { clamp, wholeUnits } from "../numbers/bounds.ts";
import { fleetAfter, servingAt, type VirtualFleet, virtualFleet } from "./virtual-fleet.ts";

/** What Kubernetes' HPA (70 % CPU) and its cluster autoscaler would have had: the measure of what a fleet may cost. */
export interface VirtualHpa {
  /** Asked for, in tenths of a worker. */
  readonly pods: number;
  /** Largest recommendations of the last five minutes, falling; and of nodes, of the last ten minutes. Oldest first. */
  readonly podsWanted: readonly Wanted[];
  readonly nodesWanted: readonly Wanted[];
  readonly lastAddMs: number;
  readonly fleet: VirtualFleet;
}

interface Wanted {
  readonly atMs: number;
  readonly count: number;
}

const PODS_PER_NODE = 10;
const TARGET = 0.7;
const TOLERANCE = 0.1;
const PODS_WINDOW_MS = 300_000;
const NODES_WINDOW_MS = 600_000;

/** One that begins with so many workers. */
export function virtualHpa(workers: number, atMs: number): VirtualHpa {
  return {
    pods: workers * PODS_PER_NODE,
    podsWanted: [],
    nodesWanted: [],
    lastAddMs: atMs,
    fleet: virtualFleet(workers, atMs),
  };
}

/** One look on: `filled` workers are filled by the demand. CPU saturates, so HPA sees no more than what serves. */
export function hpaAfter(
  before: VirtualHpa,
  look: {
    readonly atMs: number;
    readonly filled: number;
    readonly min: number;
    readonly max: number;
    readonly bootSeconds: number;
  },
): VirtualHpa {
  const { atMs, filled, min, max, bootSeconds } = look;
  const running = Math.max(1, Math.min(before.pods, servingAt(before.fleet, atMs) * PODS_PER_NODE));
  const ratio = Math.min(filled * PODS_PER_NODE, running) / running / TARGET;
  const asked = Math.abs(ratio - 1) <= TOLERANCE ? before.pods : wholeUnits(running * ratio);
  const wanted = clamp(asked, 1, max * PODS_PER_NODE);
  const podsWanted = withWanted(before.podsWanted, { atMs, count: wanted }, PODS_WINDOW_MS);
  const pods =
    wanted > before.pods
      ? Math.min(wanted, Math.max(2 * before.pods, before.pods + 4))
      : Math.min(before.pods, podsWanted[0]?.count ?? wanted);
  const nodes = clamp(wholeUnits(pods / PODS_PER_NODE), min, max);
  const nodesWanted = withWanted(before.nodesWanted, { atMs, count: nodes }, NODES_WINDOW_MS);
  const grows = nodes > before.fleet.workers;
  const lastAddMs = grows ? atMs : before.lastAddMs;
  // A node goes when it has not been needed for ten minutes, and none was added for as long.
  const kept = atMs - lastAddMs >= NODES_WINDOW_MS ? (nodesWanted[0]?.count ?? nodes) : before.fleet.workers;
  const workers = grows ? nodes : Math.min(before.fleet.workers, Math.max(nodes, kept));
  const { act: _, ...fleet } = fleetAfter(before.fleet, { atMs, workers, bootSeconds });
  return { pods, podsWanted, nodesWanted, lastAddMs, fleet };
}

/** The falling run of the largest in the window: the first is the largest of all. */
function withWanted(wanted: readonly Wanted[], now: Wanted, windowMs: number): readonly Wanted[] {
  const kept = wanted.filter(({ atMs, count }) => now.atMs - atMs < windowMs && count > now.count);
  kept.push(now);
  return kept;
}
