import { systemClock } from "@compose-fleet/process";
import { expect, test } from "vitest";
import { createLoadBalancer } from "./load-balancer.ts";

/** A balancer in milliseconds, with targets that answer as `up` says, and what it was told to route. */
function start(route?: () => Promise<void>, clock = systemClock, registrationLagMs = 0) {
  const up = new Set<string>();
  const routes: string[] = [];
  const problems: string[] = [];
  const balancer = createLoadBalancer({
    clock,
    onProblem: (sentence) => problems.push(sentence),
    rules: { intervalMs: 5, healthyThreshold: 2, unhealthyThreshold: 2, registrationLagMs, deregistrationLagMs: 40 },
    machine: {
      probe: async (address) => up.has(address),
      route: async (addresses) => {
        await route?.();
        routes.push(addresses.join(" "));
      },
    },
  });
  return { up, routes, problems, balancer };
}

test("a worker's life: fails open while alone, gets its share when healthy, keeps it for the lag, then loses it", async () => {
  const { up, routes, balancer } = start();
  balancer.register("i-1", "10.0.0.1");
  up.add("10.0.0.1");
  await expect.poll(() => balancer.targets()[0]?.state).toBe("healthy");
  balancer.register("i-2", "10.0.0.2");
  up.add("10.0.0.2");
  await expect.poll(() => routes.at(-1)).toBe("10.0.0.1 10.0.0.2");
  const gone = balancer.deregister("i-1");
  expect(routes.at(-1)).toBe("10.0.0.1 10.0.0.2");
  await gone;
  expect(routes.at(-1)).toBe("10.0.0.2");
  balancer.remove("i-1");
  up.delete("10.0.0.2");
  await expect.poll(() => balancer.targets()[0]?.state).toBe("unhealthy");
  await balancer.stop();
  expect(routes).toEqual(["", "10.0.0.1", "10.0.0.1 10.0.0.2", "10.0.0.2"].slice(routes[0] === "" ? 0 : 1));
});

test("a failed reload is tried again, and said once", async () => {
  let failures = 3;
  const { up, routes, problems, balancer } = start(async () => {
    if (failures-- > 0) throw new Error("no container");
  });
  balancer.register("i-1", "10.0.0.1");
  up.add("10.0.0.1");
  await expect.poll(() => routes.length).toBeGreaterThan(0);
  await balancer.stop();
  expect(problems).toEqual(["the load balancer could not be given its targets: no container"]);
});

test("a target is called unhealthy once it gets no connections any more", async () => {
  let asked = 0;
  let hold: Promise<void> = Promise.resolve();
  const { up, routes, balancer } = start(() => {
    asked += 1;
    return hold;
  });
  for (const address of ["10.0.0.1", "10.0.0.2"]) {
    up.add(address);
    balancer.register(address, address);
  }
  const states = () => balancer.targets().map(({ state }) => state);
  await expect.poll(states).toEqual(["healthy", "healthy"]);
  let letGo = () => {};
  hold = new Promise((resolve) => {
    letGo = resolve;
  });
  const before = asked;
  up.delete("10.0.0.2");
  await expect.poll(() => asked).toBe(before + 1);
  expect(states()).toEqual(["healthy", "healthy"]);
  letGo();
  await expect.poll(states).toEqual(["healthy", "unhealthy"]);
  expect(routes.at(-1)).toBe("10.0.0.1");
  await balancer.stop();
});

test("a target that is registered anew during a reload is not told the state that it had", async () => {
  const reloads: (() => void)[] = [];
  let isHeld = false;
  const { up, balancer } = start(() => (isHeld ? new Promise((done) => reloads.push(done)) : Promise.resolve()));
  const state = () => balancer.targets().find(({ id }) => id === "i-1")?.state;
  up.add("10.0.0.1");
  balancer.register("i-1", "10.0.0.1");
  await expect.poll(state).toBe("healthy");
  isHeld = true;
  up.add("10.0.0.2");
  balancer.register("i-2", "10.0.0.2");
  await expect.poll(() => reloads.length).toBe(1);
  up.delete("10.0.0.1");
  balancer.remove("i-1");
  balancer.register("i-1", "10.0.0.1");
  reloads[0]?.();
  await expect.poll(() => reloads.length).toBe(2);
  expect(state()).toBe("initial");
  isHeld = false;
  reloads[1]?.();
  await balancer.stop();
});

test("stopping ends a deregistration that waits", async () => {
  const { balancer } = start();
  balancer.register("i-1", "10.0.0.1");
  const gone = balancer.deregister("i-1");
  await balancer.stop();
  await gone;
});

test("a deregistered target loses its share after the lag, also by a clock that does not move", async () => {
  const { up, routes, balancer } = start(undefined, { ...systemClock, nowMs: () => 0 });
  for (const id of [1, 2]) {
    balancer.register(`i-${id}`, `10.0.0.${id}`);
    up.add(`10.0.0.${id}`);
  }
  await expect.poll(() => balancer.targets().map(({ state }) => state)).toEqual(["healthy", "healthy"]);
  await balancer.deregister("i-1");
  expect(routes.at(-1)).toBe("10.0.0.2");
  await balancer.stop();
});

test("a new target gets nothing and is not probed until it is registered, though nobody else is there", async () => {
  const lagMs = 150;
  const { up, routes, balancer } = start(undefined, systemClock, lagMs);
  const begunMs = performance.now();
  balancer.register("i-1", "10.0.0.1");
  up.add("10.0.0.1");
  await expect.poll(() => balancer.targets()[0], { interval: 5 }).toMatchObject({ isRegistering: false });
  // A timer may be a millisecond early.
  expect(performance.now() - begunMs).toBeGreaterThan(lagMs - 5);
  await expect.poll(() => balancer.targets()[0]?.state).toBe("healthy");
  await balancer.stop();
  expect(routes.filter((addresses) => addresses !== "")).toEqual(["10.0.0.1"]);
});

test("a target that is registered anew is so for its whole time again", async () => {
  const wake: (() => void)[] = [];
  const held = {
    ...systemClock,
    sleep: (ms: number, signal?: AbortSignal) =>
      ms === 1_000 ? new Promise<void>((resolve) => wake.push(resolve)) : systemClock.sleep(ms, signal),
  };
  const { balancer } = start(undefined, held, 1_000);
  balancer.register("i-1", "10.0.0.1");
  balancer.remove("i-1");
  balancer.register("i-1", "10.0.0.2");
  const [first, second] = wake;
  first?.();
  await systemClock.sleep(20);
  expect(balancer.targets()[0]).toMatchObject({ isRegistering: true });
  second?.();
  await expect.poll(() => balancer.targets()[0]).toMatchObject({ isRegistering: false });
  await balancer.stop();
});
