import {
  activeInstances,
  createGroup,
  type Group,
  instanceGone,
  instanceLost,
  instanceRunning,
  launchFailed,
  type Moment,
  type Outcome,
  type Refusal,
  retryLaunches,
  setDesired,
  terminateInstance,
} from "@compose-fleet/group-model";
import type { Offered } from "../trace/offered.ts";
import type { PlantOptions } from "./plant-options.ts";
import { FAILS_AFTER_SECONDS, RETRY_SECONDS, Troubles, UNHEALTHY_AFTER_SECONDS } from "./troubles.ts";
import { Worker } from "./worker.ts";

const ZONES = ["a", "b"];
/** No metric looks back further than this and its delay. */
const REMEMBERED_SECONDS = 900;

/** What happened in one tick. Requests per second are means over the tick. */
export interface Tick {
  offered: number;
  served: number;
  /** What the replicas that serve could have served. */
  capacity: number;
  /** Workers that are paid for, and those that serve. */
  billed: number;
  serving: number;
  replicas: number;
}

/** How the load balancer spreads requests: equally over workers and then over their replicas, or equally over all replicas. */
export type Balancing = "workers" | "replicas";

/**
 * The fleet's machines on a virtual clock: the Auto Scaling group of core/group-model, workers that boot, serve and end, a load balancer,
 * and metrics that are seconds old. It is mutable for speed; nothing else is shared between two runs.
 */
export class Plant {
  readonly options: PlantOptions;
  readonly tickMs: number;
  /** Replicas that a new worker starts with. */
  bootReplicas: number;
  /** Epoch ms at the beginning of the present tick. */
  nowMs: number;
  /** Number of the present tick. */
  tick = 0;
  /** Prometheus cannot be read now. */
  isBlind = false;
  /** Launches that failed since one last succeeded, by the instances' ids. */
  failedLaunches: readonly string[] = [];
  lastFailedLaunchAtMs: number | undefined;
  /** Commands so far that changed a number of replicas. */
  containerActions = 0;
  readonly last: Tick = { offered: 0, served: 0, capacity: 0, billed: 0, serving: 0, replicas: 0 };
  readonly #offered: Offered;
  readonly #balancing: Balancing;
  readonly #troubles: Troubles;
  /** How many ticks are remembered; a power of two. */
  readonly #rememberedTicks: number;
  /** Sums over all ticks before, so that the mean of any window is a difference. */
  readonly #servedBefore: Float64Array;
  #group: Group;
  #workers: Worker[] = [];
  /** The next time at which something happens by itself, epoch ms. */
  #nextEventMs = Number.POSITIVE_INFINITY;
  #ids = 0;
  readonly #moment: Moment;

  constructor(spec: {
    readonly options: PlantOptions;
    readonly offered: Offered;
    readonly balancing: Balancing;
    readonly bootReplicas: number;
  }) {
    this.options = spec.options;
    this.#offered = spec.offered;
    this.#balancing = spec.balancing;
    this.#troubles = new Troubles(spec.options, spec.offered.tickSeconds);
    this.bootReplicas = spec.bootReplicas;
    this.tickMs = spec.offered.tickSeconds * 1000;
    this.nowMs = spec.offered.startMs;
    const { metricDelaySeconds, cloudWatchDelaySeconds } = spec.options;
    const seconds = REMEMBERED_SECONDS + Math.max(metricDelaySeconds, cloudWatchDelaySeconds);
    this.#rememberedTicks = 2 ** Math.ceil(Math.log2(seconds / spec.offered.tickSeconds + 2));
    this.#servedBefore = new Float64Array(this.#rememberedTicks);
    const plant = this;
    this.#moment = {
      get atMs() {
        return plant.nowMs;
      },
      newId: (kind) => `${kind === "instance" ? "i" : kind}-${++this.#ids}`,
    };
    const { minWorkers, maxWorkers } = spec.options;
    const created = createGroup(
      { name: "simulated", min: minWorkers, max: maxWorkers, desired: minWorkers, zones: ZONES },
      this.#moment,
    );
    this.#group = created.group;
    // The first ones serve from the beginning: what is simulated is a fleet that runs.
    this.#carryOut(created, true);
    this.#advance();
  }

  get group(): Group {
    return this.#group;
  }

  /** Every machine that is paid for. */
  get workers(): readonly Worker[] {
    return this.#workers;
  }

  /** Asks the group for this many workers; it picks whom to end. Returns whether it accepted. */
  setDesired(desired: number): boolean {
    return this.#ask(setDesired(this.#group, desired, this.#moment));
  }

  /** Ends a worker. It gets no request from now on. Returns whether the group accepted. */
  terminate(id: string, decrement: boolean): boolean {
    return this.#ask(terminateInstance(this.#group, { instanceId: id, decrement }, this.#moment));
  }

  /** Takes a worker out of rotation, or back in. */
  drain(id: string, isDraining: boolean): void {
    const worker = this.#find(id);
    if (worker === undefined || worker.isDraining === isDraining) return;
    worker.isDraining = isDraining;
    worker.drainsSinceMs = isDraining ? this.nowMs : Number.POSITIVE_INFINITY;
  }

  /** Asks a worker for this many replicas. */
  scale(id: string, replicas: number): void {
    const { replicaStartSeconds, replicasPerWorker } = this.options;
    const worker = this.#find(id);
    const wanted = Math.min(replicas, replicasPerWorker);
    if (worker === undefined || worker.wanted === wanted) return;
    worker.want(wanted, this.nowMs + replicaStartSeconds * 1000);
    this.containerActions++;
  }

  /** Spreads `replicas` that run anywhere over the workers that serve, as evenly as can be. */
  spread(replicas: number): void {
    const serving = this.#workers.filter((worker) => this.serves(worker));
    for (const [index, worker] of serving.entries())
      worker.place(Math.floor(replicas / serving.length) + (index < replicas % serving.length ? 1 : 0));
  }

  /** Workers that are meant to serve, or soon will: asked for, and not taken out of rotation. */
  get intended(): number {
    let draining = 0;
    for (const worker of this.#workers) if (worker.isDraining && worker.endedAtMs === undefined) draining++;
    return this.#group.desired - draining;
  }

  /** Workers that get requests now. */
  get serving(): number {
    let serving = 0;
    for (const worker of this.#workers) if (this.serves(worker)) serving++;
    return serving;
  }

  /** Whether a worker gets requests now. One that hangs still does until its health checks have failed. */
  serves(worker: Worker): boolean {
    return (
      worker.servesFromMs <= this.nowMs &&
      worker.endedAtMs === undefined &&
      !worker.isDraining &&
      this.nowMs < worker.hungAtMs + UNHEALTHY_AFTER_SECONDS * 1000
    );
  }

  /** The ticks of a window of `seconds` that ended `delaySeconds` ago: from, and up to, not including. */
  window(seconds: number, delaySeconds: number): { readonly from: number; readonly to: number } {
    const to = Math.max(0, this.tick - Math.ceil((delaySeconds * 1000) / this.tickMs));
    const oldest = Math.max(0, this.tick - this.#rememberedTicks + 1);
    return { from: Math.max(oldest, to - Math.max(1, Math.round((seconds * 1000) / this.tickMs))), to };
  }

  /** Mean served over a window, all workers; undefined before there is any. */
  meanServed(seconds: number, delaySeconds: number): number | undefined {
    if (this.isBlind) return undefined;
    const { from, to } = this.window(seconds, delaySeconds);
    const mask = this.#rememberedTicks - 1;
    return to > from
      ? ((this.#servedBefore[to & mask] ?? 0) - (this.#servedBefore[from & mask] ?? 0)) / (to - from)
      : undefined;
  }

  /** Lets the present tick pass: load is served, then the clock goes on. `last` says what happened. */
  pass(): void {
    const offered = this.#offered.rates[this.tick] ?? 0;
    this.#serve(offered);
    const mask = this.#rememberedTicks - 1;
    const [before, after] = [this.tick & mask, (this.tick + 1) & mask];
    this.#servedBefore[after] = (this.#servedBefore[before] ?? 0) + this.last.served;
    this.tick++;
    this.nowMs += this.tickMs;
    this.#advance();
  }

  #serve(offered: number): void {
    const each = this.options.replicaRequestsPerSecond;
    let serving = 0;
    let replicas = 0;
    for (const worker of this.#workers) {
      if (!this.serves(worker)) continue;
      serving++;
      if (worker.hungAtMs > this.nowMs) replicas += worker.running;
    }
    let served = 0;
    for (const worker of this.#workers) {
      const isServing = this.serves(worker);
      const share = this.#balancing === "workers" ? 1 / serving : worker.running / Math.max(1, replicas);
      const arrivals = isServing ? offered * share : 0;
      const hangs = worker.hungAtMs <= this.nowMs;
      const done = hangs ? 0 : Math.min(arrivals, worker.running * each);
      served += done;
      if (worker.servesFromMs <= this.nowMs && !hangs) worker.record(this.tick, arrivals, done);
    }
    const { last } = this;
    last.offered = offered;
    last.served = Math.min(offered, served);
    last.capacity = replicas * each;
    last.billed = 0;
    for (const worker of this.#workers) if (worker.failsAtMs === Number.POSITIVE_INFINITY) last.billed++;
    last.serving = serving;
    last.replicas = replicas;
  }

  #find(id: string): Worker | undefined {
    return this.#workers.find((worker) => worker.id === id);
  }

  #ask(answer: Outcome | Refusal): boolean {
    if ("refused" in answer) return false;
    this.#carryOut(answer);
    return true;
  }

  #carryOut({ group, effects }: Outcome, isThere = false): void {
    this.#group = group;
    for (const effect of effects) {
      if (effect.kind === "launch") {
        const fails = !isThere && this.#troubles.launchFails();
        const bootSeconds = isThere ? 0 : this.#troubles.bootSeconds();
        const worker = new Worker({
          id: effect.instanceId,
          zone: effect.zone,
          launchedAtMs: this.nowMs,
          servesFromMs: fails ? Number.POSITIVE_INFINITY : this.nowMs + bootSeconds * 1000,
          replicas: this.bootReplicas,
          rememberedTicks: this.#rememberedTicks,
          ...(fails && { failsAtMs: this.nowMs + FAILS_AFTER_SECONDS * 1000 }),
        });
        this.#workers.push(worker);
        this.#nextEventMs = Math.min(this.#nextEventMs, worker.servesFromMs, worker.failsAtMs);
      } else if (effect.kind === "terminate") {
        const worker = this.#find(effect.instanceId);
        if (worker === undefined) continue;
        worker.endedAtMs = this.nowMs;
        this.#nextEventMs = Math.min(this.#nextEventMs, this.#goneAtMs(worker));
      }
    }
  }

  /** Paid for since it left the rotation: one that has drained for long enough is gone when it is ended. */
  #goneAtMs({ endedAtMs = Number.POSITIVE_INFINITY, drainsSinceMs }: Worker): number {
    return Math.max(endedAtMs, Math.min(endedAtMs, drainsSinceMs) + this.options.endSeconds * 1000);
  }

  /** Everything that is due by now. */
  #advance(): void {
    this.isBlind = this.#troubles.isBlind(this.nowMs);
    if (this.#troubles.mayStrike) this.#strike();
    for (const worker of this.#workers) worker.advance(this.nowMs);
    if (this.nowMs < this.#nextEventMs) return;
    this.#nextEventMs = Number.POSITIVE_INFINITY;
    for (const worker of [...this.#workers]) this.#settle(worker);
    const { group } = this;
    const retryAtMs = (this.lastFailedLaunchAtMs ?? Number.POSITIVE_INFINITY) + RETRY_SECONDS * 1000;
    if (activeInstances(group).length < group.desired) {
      if (retryAtMs <= this.nowMs) this.#carryOut(retryLaunches(group, this.#moment));
      else this.#nextEventMs = Math.min(this.#nextEventMs, retryAtMs);
    }
  }

  /** What happens to a worker by itself. */
  #settle(worker: Worker): void {
    const goneAtMs = this.#goneAtMs(worker);
    if (goneAtMs <= this.nowMs || worker.failsAtMs <= this.nowMs) {
      this.#workers = this.#workers.filter((each) => each !== worker);
      if (worker.endedAtMs !== undefined) this.#group = instanceGone(this.#group, worker.id, this.nowMs);
      else {
        this.#group = launchFailed(this.#group, worker.id, "There is no capacity.", this.nowMs);
        this.failedLaunches = [...this.failedLaunches, worker.id];
        this.lastFailedLaunchAtMs = this.nowMs;
      }
      return;
    }
    if (worker.servesFromMs <= this.nowMs && worker.firstTick === undefined && worker.endedAtMs === undefined) {
      this.#group = instanceRunning(this.#group, worker.id, this.#moment);
      this.failedLaunches = [];
      this.lastFailedLaunchAtMs = undefined;
      // What the fleet wants now, not what it wanted at the launch.
      worker.want(this.bootReplicas, this.nowMs);
      worker.advance(this.nowMs);
    } else if (worker.servesFromMs > this.nowMs)
      this.#nextEventMs = Math.min(this.#nextEventMs, worker.servesFromMs, worker.failsAtMs);
    this.#nextEventMs = Math.min(this.#nextEventMs, goneAtMs);
  }

  /** Workers that run are taken, or hang. */
  #strike(): void {
    for (const worker of [...this.#workers]) {
      if (worker.servesFromMs > this.nowMs || worker.endedAtMs !== undefined) continue;
      if (this.#troubles.hangs()) worker.hungAtMs = Math.min(worker.hungAtMs, this.nowMs);
      if (this.#troubles.isInterrupted()) this.#carryOut(instanceLost(this.#group, worker.id, this.#moment));
    }
  }
}
