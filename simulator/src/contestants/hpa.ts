import type { Plant } from "../plant/plant.ts";
import type { Contestant, ContestantKind } from "./contestant.ts";

const SYNC_SECONDS = 15;
const METRIC_SECONDS = 15;
const TOLERANCE = 0.1;
const STABILIZATION_SECONDS = 300;
/** A node goes when it has not been needed for this long, and none was added for this long. */
const UNNEEDED_SECONDS = 600;

/** Kubernetes' HorizontalPodAutoscaler v2 with its defaults, and the cluster autoscaler with its. */
export function hpa(name: string, target: number): ContestantKind {
  return {
    name,
    says: `Kubernetes HPA v2 at ${Math.round(target * 100)} % CPU and the cluster autoscaler, with their defaults`,
    balancing: "replicas",
    bootReplicas: () => 0,
    start: (plant) => new Hpa(plant, target),
  };
}

class Hpa implements Contestant {
  readonly #plant: Plant;
  readonly #target: number;
  /** What the deployment asks for. */
  #pods: number;
  /** Pods that have a node; they serve one start later. */
  #placed: number;
  #nextSyncMs: number;
  #recommendations: { readonly atMs: number; readonly pods: number }[] = [];
  #lastAddMs = Number.NEGATIVE_INFINITY;
  /** By node: since when so many have not been needed. */
  readonly #unneededSinceMs: number[] = [];

  constructor(plant: Plant, target: number) {
    this.#plant = plant;
    this.#target = target;
    this.#pods = plant.options.minWorkers * plant.options.replicasPerWorker;
    this.#placed = this.#pods;
    this.#nextSyncMs = plant.nowMs;
    plant.spread(this.#pods);
  }

  tick(): void {
    const plant = this.#plant;
    const { replicasPerWorker } = plant.options;
    if (plant.nowMs >= this.#nextSyncMs) {
      this.#nextSyncMs = plant.nowMs + SYNC_SECONDS * 1000;
      this.#sync();
    }
    this.#scaleNodes();
    const room = plant.serving * replicasPerWorker;
    const allowed = Math.min(this.#pods, room);
    plant.spread(Math.min(this.#placed, allowed));
    this.#placed = allowed;
  }

  #sync(): void {
    const { nowMs, options } = this.#plant;
    const served = this.#plant.meanServed(METRIC_SECONDS, options.metricDelaySeconds);
    if (served === undefined) return;
    const running = Math.max(1, this.#plant.last.replicas);
    const ratio = served / options.replicaRequestsPerSecond / running / this.#target;
    const max = options.maxWorkers * options.replicasPerWorker;
    const asked = Math.abs(ratio - 1) <= TOLERANCE ? this.#pods : Math.ceil(running * ratio - 1e-9);
    const pods = Math.max(1, Math.min(max, asked));
    this.#recommendations.push({ atMs: nowMs, pods });
    this.#recommendations = this.#recommendations.filter(({ atMs }) => nowMs - atMs < STABILIZATION_SECONDS * 1000);
    const before = this.#pods;
    if (pods > before) this.#pods = Math.min(pods, Math.max(2 * before, before + 4));
    else
      this.#pods = Math.min(
        before,
        this.#recommendations.reduce((most, each) => Math.max(most, each.pods), 0),
      );
    if (this.#pods !== before) this.#plant.containerActions++;
  }

  #scaleNodes(): void {
    const plant = this.#plant;
    const { minWorkers, maxWorkers, replicasPerWorker } = plant.options;
    const needed = Math.max(minWorkers, Math.min(maxWorkers, Math.ceil(this.#pods / replicasPerWorker)));
    const nodes = plant.group.desired;
    if (needed > nodes) {
      plant.setDesired(needed);
      this.#lastAddMs = plant.nowMs;
    }
    let keep = needed;
    for (let node = 1; node <= maxWorkers; node++) {
      if (node <= needed) delete this.#unneededSinceMs[node];
      else {
        this.#unneededSinceMs[node] ??= plant.nowMs;
        const isUnneeded = plant.nowMs - (this.#unneededSinceMs[node] ?? 0) >= UNNEEDED_SECONDS * 1000;
        if (!isUnneeded) keep = node;
      }
    }
    if (keep < nodes && plant.nowMs - this.#lastAddMs >= UNNEEDED_SECONDS * 1000) plant.setDesired(keep);
  }
}
