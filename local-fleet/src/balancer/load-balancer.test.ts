import { expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { createLoadBalancer } from "./load-balancer.ts";

/** A balancer in milliseconds, with targets that answer as `up` says, and what it was told to route. */
function start(route?: () => Promise<void>, clock = systemClock) {
  const up = new Set<string>();
  const routes: string[] = [];
  const problems: string[] = [];
  const balancer = createLoadBalancer({
    clock,
    onProblem: (sentence) => problems.push(sentence),
    rules: { intervalMs: 5, healthyThreshold: 2, unhealthyThreshold: 2, deregistrationLagMs: 40 },
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

test("a target is called healthy only once it gets connections, unhealthy as soon as it fails its checks", async () => {
  let asked = 0;
  let isHeld = true;
  let letGo = () => {};
  const { up, routes, balancer } = start(() => {
    asked += 1;
    return isHeld ? new Promise((resolve) => (letGo = resolve)) : Promise.resolve();
  });
  const [first, second] = ["10.0.0.1", "10.0.0.2"];
  const states = () => balancer.targets().map(({ state }) => state);
  const held = async (count: number) => {
    await expect.poll(() => asked).toBe(count);
    // Some rounds of checks, which change nothing while connections go elsewhere.
    await systemClock.sleep(50);
  };
  up.add(first);
  balancer.register(first, first);
  await held(1);
  expect(states()).toEqual(["initial"]);
  isHeld = false;
  letGo();
  await expect.poll(states).toEqual(["healthy"]);

  up.add(second);
  balancer.register(second, second);
  await expect.poll(states).toEqual(["healthy", "healthy"]);
  isHeld = true;
  const before = asked;
  up.delete(second);
  await held(before + 1);
  expect(states()).toEqual(["healthy", "unhealthy"]);
  letGo();
  await expect.poll(() => routes.at(-1)).toBe(first);
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
  const { up, routes, balancer } = start(undefined, { ...systemClock, now: () => 0 });
  for (const id of [1, 2]) {
    balancer.register(`i-${id}`, `10.0.0.${id}`);
    up.add(`10.0.0.${id}`);
  }
  await expect.poll(() => balancer.targets().map(({ state }) => state)).toEqual(["healthy", "healthy"]);
  await balancer.deregister("i-1");
  expect(routes.at(-1)).toBe("10.0.0.2");
  await balancer.stop();
});
