import type { FleetConfig } from "@compose-fleet/fleet";
import {
  completeLifecycleAction,
  createGroup,
  type Effect,
  enterStandby,
  exitStandby,
  type Group,
  instanceEntersService,
  instanceGone,
  instanceInStandby,
  instanceLost,
  instanceOutOfStandby,
  instanceRunning,
  launchFailed,
  type Moment,
  type Outcome,
  type Refusal,
  resumeProcesses,
  retryLaunches,
  type ScalingProcess,
  setDesired,
  suspendProcesses,
  terminateInstance,
  upkeep,
} from "@compose-fleet/group-model";
import {
  type Decision,
  type GroupReading,
  type Notice,
  nobodySeen,
  type Observation,
  observe,
  QUANTITIES,
  type Quantity,
} from "@compose-fleet/policy";
import { describeActivity, describeMember } from "../emulator/src/services/autoscaling/describe.ts";
import { readLaunches } from "../wh/src/aws/activities.ts";
import { memberStateOf } from "../wh/src/aws/lifecycle-state.ts";
import type { QueryResult, Sample } from "../wh/src/observe/metrics-reader.ts";
import { rawMetricsOf } from "../wh/src/observe/raw-metrics.ts";

/** What one worker sustains, requests per second: ten replicas of a hundred. */
const SUSTAINED = 1000;
/** Seconds; short, so that random histories reach every end. */
const LAUNCH = 5;
const BOOT = 15;
const HOOK = 60;
const SHUTDOWN = 10;
/** From the first good health check of a worker that has come back to traffic. */
const HEALTH = 10;
/** Between a Spot interruption notice and the end of the machine. */
const NOTICE = 120;

interface Machine {
  /** Epoch ms; Infinity for one that never boots. */
  readonly readyAtMs: number;
  hung: boolean;
  draining: boolean;
  /** Whether the load balancer has sent it traffic before: then it need not be registered anew. */
  wasReached: boolean;
  /** When the load balancer sends it traffic, epoch ms; unset while it cannot. */
  reachedAtMs?: number;
  /** Its scrape target cannot be reached, and all else can. */
  isScrapeBlocked: boolean;
  /** AWS takes it away; `takenAtMs` (epoch ms) is when, with an interruption. */
  notice?: Notice["kind"];
  takenAtMs?: number;
  goneAtMs?: number;
}

/** Everything that can go wrong, as it is now. */
export interface Troubles {
  launchesFail: boolean;
  bootsHang: boolean;
  suspended: readonly ScalingProcess[];
  prometheusIsDown: boolean;
  failing: ReadonlySet<Quantity>;
  /** `QUERY/INDEX` of the worker that does not send it, in the order of the group's listing. */
  missing: ReadonlySet<string>;
  groupIsUnreadable: boolean;
  targetsAreUnreadable: boolean;
  /** How long the load balancer takes to register a worker. */
  registrationSeconds: number;
  busyWith: string | undefined;
  /** Calls that change something are lost. */
  callsFail: boolean;
}

const NO_TROUBLES: Troubles = {
  launchesFail: false,
  bootsHang: false,
  suspended: [],
  prometheusIsDown: false,
  failing: new Set(),
  missing: new Set(),
  groupIsUnreadable: false,
  targetsAreUnreadable: false,
  registrationSeconds: HEALTH,
  busyWith: undefined,
  callsFail: false,
};

/**
 * A fleet of one service in a group as the emulated AWS has it (`group-model`), seen as wh sees it: by the API's own descriptions and by
 * samples of its queries. It knows the truth, too: who serves, and how many are needed.
 */
export class TroubledFleet {
  group: Group;
  load = 1500;
  troubles: Troubles = NO_TROUBLES;
  /** Milliseconds that the scaler's clock is ahead. */
  clockMs = 0;
  nowMs = 0;
  readonly machines = new Map<string, Machine>();
  private seen = nobodySeen;
  private ids = 0;
  private readonly config: FleetConfig;

  /** A fleet of `config`, whose one service is `web`. */
  constructor(config: FleetConfig) {
    this.config = config;
    const bounds = this.bounds;
    const hooks = [
      { name: "launching", transition: "launching", heartbeatSeconds: HOOK, defaultResult: "ABANDON" } as const,
    ];
    const spec = { name: "workers", ...bounds, desired: bounds.min, zones: ["a", "b"], hooks };
    const { group, effects } = createGroup({ ...spec, suspended: ["AZRebalance"] }, this.moment());
    this.group = group;
    this.carryOut(effects);
  }

  private get bounds(): { readonly min: number; readonly max: number } {
    const { min, max } = this.config.workers;
    return { min, max };
  }

  private moment(): Moment {
    return { atMs: this.nowMs, newId: (kind) => `${kind === "instance" ? "i" : kind}-${++this.ids}` };
  }

  private take(answer: Outcome | Refusal): readonly Effect[] {
    if ("refused" in answer) return [];
    this.group = answer.group;
    this.carryOut(answer.effects);
    return answer.effects;
  }

  private carryOut(effects: readonly Effect[]): void {
    for (const { kind, instanceId } of effects) {
      const readyAtMs = this.troubles.bootsHang ? Number.POSITIVE_INFINITY : this.nowMs + (LAUNCH + BOOT) * 1000;
      const fresh = { readyAtMs, hung: false, draining: false, wasReached: false, isScrapeBlocked: false };
      if (kind === "launch") this.machines.set(instanceId, fresh);
      const machine = this.machines.get(instanceId);
      if (kind === "terminate" && machine) machine.goneAtMs = this.nowMs + SHUTDOWN * 1000;
    }
  }

  /** Workers that truly serve: they can, and the load balancer sends them traffic. */
  serving(): readonly string[] {
    return this.group.instances
      .filter(({ id, state }) => state === "in-service" && this.serves(id) && this.isReached(id))
      .map(({ id }) => id);
  }

  private isReached(id: string): boolean {
    return (this.machines.get(id)?.reachedAtMs ?? Number.POSITIVE_INFINITY) <= this.nowMs;
  }

  private serves(id: string): boolean {
    return this.isAlive(id) && this.machines.get(id)?.draining === false;
  }

  /** Whether the machine has booted and does not hang; one that drains is alive. */
  isAlive(id: string): boolean {
    const machine = this.machines.get(id);
    return machine !== undefined && !machine.hung && machine.readyAtMs <= this.nowMs && !this.isGone(machine);
  }

  private isGone({ takenAtMs = Number.POSITIVE_INFINITY }: Machine): boolean {
    return takenAtMs <= this.nowMs;
  }

  /** AWS says of a member's machine that it takes it away. */
  notify(index: number, kind: Notice["kind"]): void {
    const machine = this.machines.get(this.group.instances[index % Math.max(1, this.group.instances.length)]?.id ?? "");
    if (!machine || machine.notice === "interruption") return;
    machine.notice = kind;
    if (kind === "interruption") machine.takenAtMs = this.nowMs + NOTICE * 1000;
  }

  /** Seconds until AWS takes the machine; Infinity for one that it leaves, or only recommends to replace. */
  secondsLeft(id: string): number {
    return ((this.machines.get(id)?.takenAtMs ?? Number.POSITIVE_INFINITY) - this.nowMs) / 1000;
  }

  /** Workers that the load needs, and at least min. */
  needed(): number {
    return Math.min(this.bounds.max, Math.max(this.bounds.min, Math.ceil(this.load / (0.9 * SUSTAINED) - 1e-9)));
  }

  suspend(processes: readonly ScalingProcess[]): void {
    const over = this.troubles.suspended.filter((each) => !processes.includes(each));
    this.troubles = { ...this.troubles, suspended: processes };
    this.group = suspendProcesses(this.group, processes);
    this.take(resumeProcesses(this.group, over, this.moment()));
  }

  standby(index: number, decrement: boolean): void {
    const id = this.group.instances[index % Math.max(1, this.group.instances.length)]?.id ?? "";
    this.take(enterStandby(this.group, { instanceIds: [id], decrement }, this.moment()));
  }

  leaveStandby(): void {
    for (const { id, state } of this.group.instances)
      if (state === "standby") this.take(exitStandby(this.group, [id], this.moment()));
  }

  /** Ends all troubles, those of machines, too; one that hung for good is alive again. */
  heal(): void {
    this.suspend([]);
    this.troubles = NO_TROUBLES;
    for (const machine of this.machines.values()) Object.assign(machine, { hung: false, isScrapeBlocked: false });
  }

  /** Lets `seconds` go by. */
  pass(seconds: number): void {
    for (let left = seconds; left > 0; left--) {
      this.nowMs += 1000;
      for (const { id } of this.group.instances) this.advance(id);
      for (const { id, state } of this.group.instances) this.register(id, state === "in-service");
      for (const [id, machine] of this.machines)
        if (this.isGone(machine)) this.take(instanceLost(this.group, id, this.moment()));
      this.take(upkeep(this.group, this.moment()));
      if (this.nowMs % 15_000 === 0) this.take(retryLaunches(this.group, this.moment()));
    }
  }

  /** The load balancer's view of one machine, by the second. */
  private register(id: string, isInService: boolean): void {
    const machine = this.machines.get(id);
    if (!machine) return;
    if (!isInService || !this.serves(id)) delete machine.reachedAtMs;
    else if (machine.reachedAtMs === undefined && !this.troubles.suspended.includes("AddToLoadBalancer")) {
      const seconds = machine.wasReached ? HEALTH : this.troubles.registrationSeconds;
      machine.reachedAtMs = this.nowMs + seconds * 1000;
    }
    if (this.isReached(id)) machine.wasReached = true;
    // A member that leaves the group's service is deregistered.
    if (!isInService) machine.wasReached = false;
  }

  private advance(id: string): void {
    const instance = this.group.instances.find((each) => each.id === id);
    const machine = this.machines.get(id);
    if (!instance || !machine) return;
    const rejoins = instance.state === "pending" && machine.readyAtMs <= this.nowMs;
    if (instance.state === "entering-standby") this.group = instanceInStandby(this.group, id, this.nowMs);
    else if (machine.goneAtMs !== undefined && machine.goneAtMs <= this.nowMs)
      this.group = instanceGone(this.group, id, this.nowMs);
    else if (rejoins && this.nowMs - instance.launchedAtMs > HOOK * 1000)
      this.group = instanceOutOfStandby(this.group, id, this.nowMs);
    else if (instance.state === "pending" && this.nowMs - instance.launchedAtMs >= LAUNCH * 1000) {
      this.group = this.troubles.launchesFail
        ? launchFailed(this.group, id, "We currently do not have sufficient capacity.", this.nowMs)
        : instanceRunning(this.group, id, this.moment());
    } else if (instance.state === "pending-wait" && this.isAlive(id)) {
      const answer = { hook: "launching", instanceId: id, result: "CONTINUE" } as const;
      this.take(completeLifecycleAction(this.group, answer, this.moment()));
      this.group = instanceEntersService(this.group, id, this.nowMs);
    }
  }

  /** The world as wh would see it now. */
  observe(): Observation {
    const look = {
      atMs: this.nowMs + this.clockMs,
      group: this.describe(),
      metrics: rawMetricsOf(this.metrics()),
    };
    const observed = observe(this.config, look, this.seen);
    this.seen = observed.seen;
    return observed.observation;
  }

  /** What only a restart forgets: recommendations, too; the queue tells of interruptions again. */
  forget(): void {
    this.seen = nobodySeen;
    for (const machine of this.machines.values()) if (machine.notice === "rebalance") delete machine.notice;
  }

  private noticeOf(id: string): { readonly notice?: Notice } {
    const { notice: kind, takenAtMs } = this.machines.get(id) ?? {};
    if (kind === undefined) return {};
    return { notice: { kind, ...(takenAtMs !== undefined && { goneAtMs: takenAtMs + this.clockMs }) } };
  }

  private describe(): GroupReading {
    const { group, troubles } = this;
    if (troubles.groupIsUnreadable) return { ok: false, problem: "throttled" };
    const activities = group.activities.map((activity) => describeActivity(activity, group));
    const { launchedAtMs, ...failures } = readLaunches(activities, this.nowMs);
    return {
      ok: true,
      value: {
        desired: group.desired,
        min: group.min,
        max: group.max,
        suspended: group.suspended,
        ...failures,
        ...(troubles.busyWith !== undefined && { busyWith: troubles.busyWith }),
        members: group.instances.map((instance) => {
          const { LifecycleState: lifecycle } = describeMember(instance, {
            instanceType: "t3.small",
            lifecycleStates: new Map(),
          });
          return {
            id: instance.id,
            zone: instance.zone,
            ...memberStateOf(lifecycle),
            lifecycle,
            launchedAtMs: launchedAtMs.get(instance.id) ?? this.nowMs,
            ...this.noticeOf(instance.id),
            ...(instance.state === "in-service" && {
              reached: troubles.targetsAreUnreadable ? ("unknown" as const) : this.isReached(instance.id),
            }),
          };
        }),
      },
    };
  }

  private metrics(): Record<Quantity, QueryResult> {
    const listed = this.group.instances;
    const serving = new Set(this.serving());
    const share = (id: string) => (serving.has(id) ? this.load / serving.size : 0);
    const served = (id: string) => Math.min(SUSTAINED, share(id));
    const isUp = (id: string) => this.isAlive(id) && this.machines.get(id)?.isScrapeBlocked === false;
    const sends = (name: Quantity) =>
      listed.filter(({ id }, index) => this.isAlive(id) && !this.troubles.missing.has(`${name}/${index}`));
    const each = (name: Quantity, value: (id: string) => number, more: object = {}): Sample[] =>
      sends(name).map(({ id }) => ({ labels: { worker: id, ...more }, value: value(id) }));
    const web = { service: "web" };
    const counted = sends("requests").filter(({ id }) => isUp(id));
    const samples: Record<Quantity, Sample[]> = {
      up: listed
        .filter((_, index) => !this.troubles.missing.has(`up/${index}`))
        .map(({ id }) => ({ labels: { worker: id }, value: Number(isUp(id)) })),
      requests: each("requests", served, web),
      seconds: each("seconds", () => 0.05, web),
      arrivals: each("arrivals", share),
      open: each("open", () => 1),
      replicas: each("replicas", () => 10, web),
      cpu: each("cpu", (id) => 0.5 * (served(id) / SUSTAINED)),
      leaving: each("leaving", () => 0, web),
      replicaCpu: each("replicaCpu", () => 0, web),
      replicasTimed: each("replicasTimed", () => 10, web),
      draining: each("draining", (id) => Number(this.machines.get(id)?.draining ?? false)),
      jobs: each("jobs", () => 0),
      demand: counted.length > 0 ? [{ labels: web, value: counted.reduce((sum, { id }) => sum + served(id), 0) }] : [],
    };
    const { failing, prometheusIsDown } = this.troubles;
    return Object.fromEntries(
      QUANTITIES.map((name): [Quantity, QueryResult] => [
        name,
        prometheusIsDown || failing.has(name)
          ? { ok: false, problem: "Prometheus answered 503" }
          : { ok: true, samples: samples[name] },
      ]),
    ) as Record<Quantity, QueryResult>;
  }

  /** Carries a decision out, as AWS and the workers would. Returns whom the group itself chose to end. */
  apply(decision: Decision): readonly string[] {
    if (this.troubles.callsFail || decision.kind === "hold" || decision.kind === "scale-containers") return [];
    if (decision.kind === "set-capacity") {
      const effects = this.take(setDesired(this.group, decision.to, this.moment()));
      return effects.filter(({ kind }) => kind === "terminate").map(({ instanceId }) => instanceId);
    }
    const { worker } = decision;
    const machine = this.machines.get(worker);
    if (decision.kind === "drain-worker" || decision.kind === "cancel-drain") {
      if (machine && this.isAlive(worker)) machine.draining = decision.kind === "drain-worker";
      return [];
    }
    const decrement = decision.kind === "terminate-worker";
    this.take(terminateInstance(this.group, { instanceId: worker, decrement }, this.moment()));
    return [];
  }
}
