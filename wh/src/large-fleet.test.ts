import { createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import { expect, test } from "vitest";
import { createAsgReader } from "./aws/asg-reader.ts";
import { createFakeClock } from "./test-support/fake-clock.ts";
import { testFleet } from "./test-support/test-fleet.ts";
import { createWorld } from "./test-support/world.ts";

const WORKERS = 300;
const MINUTE = 60_000;
const TICK_MS = 3_000;

test("300 workers in the steady state: nothing is asked of AWS or a worker, and a tick takes less than 3 s", async () => {
  const small = testFleet();
  const world = createWorld({ fleet: { ...small, workers: { ...small.workers, max: WORKERS } } });
  world.desired = WORKERS;
  world.max = WORKERS;
  world.workers = new Map(Array.from({ length: WORKERS }, (_, index) => [`i-${index + 1}`, 10]));
  // A worker sustains 1000.
  world.requestsPerSecond = WORKERS * 880;
  await world.wh.start();
  await world.clock.advance(MINUTE);
  const { observations } = world;
  const startedMs = performance.now();
  await world.clock.advance(MINUTE);
  const tookMs = performance.now() - startedMs;
  const ticks = world.observations - observations;
  expect(ticks).toBeGreaterThan(2);
  expect(tookMs / ticks).toBeLessThan(TICK_MS);
  expect(world.calls).toEqual([]);
  expect(world.baselines).toHaveLength(1);
  await world.wh.stop();
});

test("a look at 300 workers asks AWS no more often than one at three", async () => {
  const callsFor = async (count: number) => {
    const ids = Array.from({ length: count }, (_, index) => `i-${index + 1}`);
    const aws = createFakeAws({
      DescribeAutoScalingGroups: () => ({
        AutoScalingGroups: [
          {
            AutoScalingGroupName: "workers",
            DesiredCapacity: count,
            MinSize: 1,
            MaxSize: WORKERS,
            TargetGroupARNs: ["http", "https"],
            Instances: ids.map((InstanceId) => ({ InstanceId, LifecycleState: "InService", AvailabilityZone: "a" })),
          },
        ],
      }),
      DescribeScalingActivities: () => ({ Activities: [] }),
      DescribeInstanceRefreshes: () => ({ InstanceRefreshes: [] }),
      DescribeTargetHealth: () => ({
        TargetHealthDescriptions: ids.map((Id) => ({ Target: { Id, Port: 8480 }, TargetHealth: { State: "healthy" } })),
      }),
    });
    const reader = createAsgReader({
      client: aws.client,
      balancer: aws.client,
      clock: createFakeClock(0),
      groupName: "workers",
      readDeployment: async () => ({}),
    });
    const read = await reader.describe();
    expect(read.ok && read.value.members.filter(({ reached }) => reached === true)).toHaveLength(count);
    return aws.calls.map(({ name }) => name).sort();
  };
  expect(await callsFor(WORKERS)).toEqual(await callsFor(3));
});
