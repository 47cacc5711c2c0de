import type { Clock } from "@compose-fleet/process";
import { messageOf } from "@compose-fleet/process";
import {
  afterLag,
  afterProbe,
  deregistered,
  type HealthRules,
  newTarget,
  registered,
  routableAddresses,
  type Target,
  type TargetState,
} from "./target-group.ts";

/** What the load balancer needs from the machine. */
export interface BalancerMachine {
  /** Whether a target answers its health check with 200. Never rejects. */
  readonly probe: (address: string) => Promise<boolean>;
  /** Sends new connections to these addresses from now on; existing ones stay. Idempotent. */
  readonly route: (addresses: readonly string[]) => Promise<void>;
}

export interface LoadBalancer {
  readonly rules: LoadBalancerDeps["rules"];
  /** A target is called healthy or unhealthy once connections go by it. */
  readonly targets: () => readonly Target[];
  readonly register: (id: string, address: string) => void;
  /** Resolves when the target gets no new connections any more. */
  readonly deregister: (id: string) => Promise<void>;
  /** Forgets the target at once. */
  readonly remove: (id: string) => void;
  /** Ends the health checks; resolves when none is running. */
  readonly stop: () => Promise<void>;
}

export interface LoadBalancerDeps {
  readonly machine: BalancerMachine;
  readonly clock: Clock;
  readonly rules: HealthRules & { readonly intervalMs: number };
  readonly onProblem: (sentence: string) => void;
}

/** Starts the health checks. New targets get connections once they are registered and pass, deregistered ones go on getting them for the lag. */
export function createLoadBalancer(deps: LoadBalancerDeps): LoadBalancer {
  const { machine, clock, rules } = deps;
  const stopping = new AbortController();
  const targets = new Map<string, Target>();
  /** What has been told of each registration; one that is registered anew begins anew. */
  const told = new Map<string, { state: TargetState }>();
  let routed: string | undefined;
  let lastProblem: string | undefined;
  let routing: Promise<void> = Promise.resolve();

  /** One change at a time, and only when there is one: each is a reload of the balancer. */
  function applyRoutes(): Promise<void> {
    routing = routing.then(async () => {
      const now = [...targets.values()];
      const tellings = now.map(({ id, state }) => ({ registration: told.get(id), state }));
      const addresses = routableAddresses(now, clock.nowMs(), rules);
      const key = addresses.join(" ");
      if (stopping.signal.aborted) return;
      try {
        if (key !== routed) await machine.route(addresses);
        routed = key;
        for (const { registration, state } of tellings) if (registration) registration.state = state;
      } catch (error) {
        const sentence = `the load balancer could not be given its targets: ${messageOf(error)}`;
        // It is tried again with every round of probes; saying so once is enough.
        if (sentence !== lastProblem) deps.onProblem(sentence);
        lastProblem = sentence;
      }
    });
    return routing;
  }

  async function probeAll(): Promise<void> {
    const judged = [...targets.values()].filter((each) => each.state !== "draining" && !each.isRegistering);
    await Promise.all(
      judged.map(async ({ id, address }) => {
        const passed = await machine.probe(address);
        const target = targets.get(id);
        if (target) targets.set(id, afterProbe(target, passed, rules));
      }),
    );
    await applyRoutes();
  }

  async function checkHealth(): Promise<void> {
    while (!stopping.signal.aborted) {
      await probeAll();
      await clock.sleep(rules.intervalMs, stopping.signal).catch(() => undefined);
    }
  }

  /** Of that registration only: one that was taken back and made anew has a time of its own. */
  async function endRegistration(id: string, registration: object): Promise<void> {
    // At once means at once: who registers two in a row sees both routed.
    if (rules.registrationLagMs > 0) await clock.sleep(rules.registrationLagMs, stopping.signal).catch(() => undefined);
    const target = targets.get(id);
    if (!target || told.get(id) !== registration || stopping.signal.aborted) return;
    targets.set(id, registered(target));
    await applyRoutes();
  }

  const checks = checkHealth();

  return {
    rules,
    targets: () =>
      [...targets.values()].map((each) =>
        each.state === "draining" ? each : { ...each, state: told.get(each.id)?.state ?? "initial" },
      ),
    register: (id, address) => {
      const registration: { state: TargetState } = { state: "initial" };
      told.set(id, registration);
      targets.set(id, newTarget(id, address));
      void endRegistration(id, registration);
    },
    deregister: async (id) => {
      const target = targets.get(id);
      if (!target) return;
      targets.set(id, deregistered(target, clock.nowMs()));
      await applyRoutes();
      await clock.sleep(rules.deregistrationLagMs, stopping.signal).catch(() => undefined);
      const left = targets.get(id);
      if (left) targets.set(id, afterLag(left));
      await applyRoutes();
    },
    remove: (id) => {
      targets.delete(id);
      told.delete(id);
      void applyRoutes();
    },
    stop: async () => {
      stopping.abort(new Error("the fleet is stopping"));
      await checks;
      await routing;
    },
  };
}
