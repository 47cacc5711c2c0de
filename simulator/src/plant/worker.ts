/** One machine. Times are epoch ms. */
export class Worker {
  readonly id: string;
  readonly zone: string;
  readonly launchedAtMs: number;
  /** When it begins to serve. */
  readonly servesFromMs: number;
  /** It fails its health checks, and the load balancer sends it nothing more. */
  isDraining = false;
  drainsSinceMs = Number.POSITIVE_INFINITY;
  /** It answers nothing more, and has not been ended. */
  hungAtMs = Number.POSITIVE_INFINITY;
  /** When its launch turns out to have failed. It never runs and is not paid for. */
  readonly failsAtMs: number;
  /** On its way out. */
  endedAtMs: number | undefined;
  /** Replicas that serve. */
  running: number;
  #wanted: number;
  #wantedFromMs = 0;
  readonly #arrivals: Float64Array;
  readonly #served: Float64Array;
  readonly #replicas: Uint16Array;
  /** A tick's place in these. */
  readonly #mask: number;
  /** The first tick in which it served. */
  firstTick: number | undefined;

  constructor(spec: {
    readonly id: string;
    readonly zone: string;
    readonly launchedAtMs: number;
    readonly servesFromMs: number;
    readonly replicas: number;
    /** How many ticks of its own traffic it remembers; a power of two. */
    readonly rememberedTicks: number;
    readonly failsAtMs?: number;
  }) {
    this.id = spec.id;
    this.zone = spec.zone;
    this.launchedAtMs = spec.launchedAtMs;
    this.servesFromMs = spec.servesFromMs;
    this.failsAtMs = spec.failsAtMs ?? Number.POSITIVE_INFINITY;
    this.running = spec.replicas;
    this.#wanted = spec.replicas;
    this.#arrivals = new Float64Array(spec.rememberedTicks);
    this.#served = new Float64Array(spec.rememberedTicks);
    this.#replicas = new Uint16Array(spec.rememberedTicks);
    this.#mask = spec.rememberedTicks - 1;
  }

  /** Replicas that were asked for. */
  get wanted(): number {
    return this.#wanted;
  }

  /** Asks for replicas: fewer at once, more from `fromMs` on. */
  want(replicas: number, fromMs: number): void {
    if (replicas === this.#wanted) return;
    this.#wanted = replicas;
    this.#wantedFromMs = fromMs;
    this.running = Math.min(this.running, replicas);
  }

  /** Runs this many at once: replicas that have started elsewhere in the cluster. */
  place(replicas: number): void {
    this.running = replicas;
    this.#wanted = replicas;
  }

  /** Replicas that were asked for long enough ago serve. */
  advance(nowMs: number): void {
    if (this.running !== this.#wanted && nowMs >= this.#wantedFromMs) this.running = this.#wanted;
  }

  /** What it did in a tick. */
  record(tick: number, arrivals: number, served: number): void {
    const at = tick & this.#mask;
    this.#arrivals[at] = arrivals;
    this.#served[at] = served;
    this.#replicas[at] = this.running;
    this.firstTick ??= tick;
  }

  /** Mean of what arrived in the ticks from `from` up to, not including, `to`; 0 before it served. */
  arrivals(from: number, to: number): number {
    return this.#mean(this.#arrivals, from, to);
  }

  /** Mean of what it served in these ticks. */
  served(from: number, to: number): number {
    return this.#mean(this.#served, from, to);
  }

  /** Replicas that served in a tick. */
  replicasIn(tick: number): number {
    return this.#replicas[tick & this.#mask] ?? 0;
  }

  #mean(values: Float64Array, from: number, to: number): number {
    const first = Math.max(from, this.firstTick ?? to);
    if (first >= to) return 0;
    let sum = 0;
    for (let tick = first; tick < to; tick++) sum += values[tick & this.#mask] ?? 0;
    return sum / (to - first);
  }
}
