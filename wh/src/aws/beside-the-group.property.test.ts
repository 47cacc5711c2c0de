import { type Decision, decide, emptyMemory, type Memory, type Observation, observe } from "@compose-fleet/policy";
import { awsError, createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { QueryResult } from "../observe/metrics-reader.ts";
import { rawMetricsOf } from "../observe/raw-metrics.ts";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { testFleet } from "../test-support/test-fleet.ts";
import { createAsgReader } from "./asg-reader.ts";
import { createDeploymentReader } from "./deployment-reader.ts";

const BESIDE = [
  "DescribeScalingActivities",
  "DescribeInstanceRefreshes",
  "ListDeployments",
  "BatchGetDeployments",
  "DescribeTargetHealth",
] as const;
type Beside = (typeof BESIDE)[number];

const MEMBERS = ["i-1", "i-2", "i-3"];
const ANSWERS = {
  DescribeScalingActivities: { Activities: [] },
  DescribeInstanceRefreshes: { InstanceRefreshes: [] },
  ListDeployments: { deployments: ["d-1"] },
  BatchGetDeployments: { deploymentsInfo: [{ deploymentId: "d-1", creator: "autoscaling" }] },
  DescribeTargetHealth: {
    TargetHealthDescriptions: MEMBERS.map((Id) => ({ Target: { Id }, TargetHealth: { State: "healthy" } })),
  },
};
const FAILURES = {
  throttled: awsError("ThrottlingException", "Rate exceeded"),
  denied: awsError("AccessDenied", "not authorized"),
  "cut off": Object.assign(new Error("connect ECONNREFUSED"), { name: "Error", code: "ECONNREFUSED" }),
  silent: () => new Promise(() => undefined),
};

/** What the scaler decides in ten minutes of a fleet of three, with these calls failing in these ways. */
async function live(failing: Partial<Record<Beside, keyof typeof FAILURES>>, requestsPerSecond: number) {
  const fleet = testFleet();
  const services = Object.keys(fleet.services);
  const clock = createFakeClock(1_700_000_000_000);
  const Instances = MEMBERS.map((InstanceId) => ({ InstanceId, LifecycleState: "InService" }));
  const TargetGroupARNs = ["http", "https"];
  const group = {
    AutoScalingGroupName: "workers",
    DesiredCapacity: 3,
    MinSize: 1,
    MaxSize: 6,
    Instances,
    TargetGroupARNs,
  };
  const given = Object.entries(failing).map(([name, how]) => [name, FAILURES[how]]);
  const { client } = createFakeAws({
    DescribeAutoScalingGroups: { AutoScalingGroups: [group] },
    ...ANSWERS,
    ...Object.fromEntries(given),
  });
  const reader = createAsgReader({
    client,
    balancer: client,
    clock,
    groupName: "workers",
    readDeployment: createDeploymentReader({ client, clock, application: "releases", group: "workers" }),
  });
  const each = (value: number, withService = false): QueryResult => ({
    ok: true,
    samples: Instances.map(({ InstanceId: worker }) => ({
      labels: { worker, ...(withService && { service: services[0] ?? "" }) },
      value,
    })),
  });
  let memory: Memory = emptyMemory(clock.monotonicMs());
  const decisions: Decision[] = [];
  let observation: Observation | undefined;
  for (let tick = 0; tick < 60; tick++) {
    const description = reader.describe();
    await clock.advance(10_000);
    const look = {
      atMs: clock.monotonicMs(),
      group: await description,
      metrics: rawMetricsOf({
        up: each(1),
        requests: each(requestsPerSecond / 3, true),
        seconds: each(0.05, true),
        arrivals: each(requestsPerSecond / 3),
        open: each(1),
        replicas: each(1, true),
        cpu: each(0.1),
        leaving: each(0, true),
        replicaCpu: each(0, true),
        replicasTimed: each(1, true),
        draining: each(0),
        jobs: each(0),
        demand: { ok: true, samples: [{ labels: { service: services[0] ?? "" }, value: requestsPerSecond }] },
      }),
    };
    const seen = { up: new Set(Instances.map(({ InstanceId }) => InstanceId)), draining: new Set<string>() };
    observation = observe(fleet, look, seen).observation;
    const output = decide({ config: fleet, observation, signals: [], overrides: [], memory, inFlight: new Set() });
    memory = output.memory;
    decisions.push(...output.decisions);
  }
  return { kinds: new Set(decisions.map(({ kind }) => kind)), observation };
}

const failing = fc.dictionary(
  fc.constantFrom(...BESIDE),
  fc.constantFrom(...(Object.keys(FAILURES) as (keyof typeof FAILURES)[])),
  {
    noNullPrototype: true,
  },
) as fc.Arbitrary<Partial<Record<Beside, keyof typeof FAILURES>>>;

test("whichever calls beside the group fail, and however: both levels scale out, nobody is ended, and each is told", async () => {
  await fc.assert(
    fc.asyncProperty(failing, async (calls) => {
      const high = await live(calls, 10_000);
      expect([...high.kinds]).toEqual(expect.arrayContaining(["set-capacity", "scale-containers"]));
      const low = await live(calls, 1);
      const isAnyUnknown = Object.keys(calls).some((name) => name !== "DescribeScalingActivities");
      expect(low.kinds.has("drain-worker")).toBe(!isAnyUnknown);
      const group = high.observation?.group;
      // Without the list of deployments nobody asks for their details.
      const told = new Set(
        Object.keys(calls).map((name) => (name === "BatchGetDeployments" ? "ListDeployments" : name)),
      );
      expect(group?.ok && (group.value.unread ?? [])).toHaveLength(told.size);
    }),
    { numRuns: 16 },
  );
}, 60_000);
