import { awsError, createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import { describe, expect, test } from "vitest";
import { observe, onWorkers, Scaler, worker } from "../../core/policy/test/world.ts";
import type { Ec2Instance } from "../../emulator/src/cloud/instance-store.ts";
import { type Ec2Filter, matchesFilters } from "../../emulator/src/services/ec2/filters.ts";
import { RELEASES } from "../../emulator/test/sdk-under-test.ts";
import { FleetStack } from "../../infra/src/stacks/fleet-stack.ts";
import { synthStack, testFleet } from "../../infra/src/testing/synth.ts";
import { createAsgActions } from "../../wh/src/aws/asg-actions.ts";
import { createAsgReader } from "../../wh/src/aws/asg-reader.ts";
import { createDeploymentReader } from "../../wh/src/aws/deployment-reader.ts";
import { createSsmReplicas } from "../../wh/src/aws/ssm-replicas.ts";
import { createFakeClock } from "../../wh/src/test-support/fake-clock.ts";
import { readYaml } from "./read-yaml.ts";
import { startReleases } from "./releases-under-test.ts";

// Each test is a pitfall of scaling by Alertmanager, named after the fact; how the fleet stays out of it is in the test.

const machine: Ec2Instance = {
  id: "i-0123456789abcdef0",
  zone: "eu-central-1a",
  address: "172.16.0.9",
  instanceType: "t3.small",
  state: "running",
  launchedAtMs: 0,
  tags: {},
  managed: true,
};

/** Of tests that wait for an emulated group, or synthesize a stack: milliseconds. */
const PATIENCE_MS = 30_000;
const OLD = "aaaaaaaaaaaa-111111111111";
const NEW = "bbbbbbbbbbbb-222222222222";

describe("AWS", () => {
  const names = { groupName: "fleet-test-local-workers" };

  test("SetDesiredCapacity lets the group pick the victim: a scale-in names its worker and lowers the number with it", async () => {
    const aws = createFakeAws({ TerminateInstanceInAutoScalingGroup: {} });
    await createAsgActions(aws.client, names.groupName).terminate("i-2");
    expect(aws.calls).toEqual([
      {
        name: "TerminateInstanceInAutoScalingGroup",
        input: { InstanceId: "i-2", ShouldDecrementDesiredCapacity: true },
      },
    ]);
    // And the policy never scales in by a number.
    const scaler = new Scaler();
    const quiet = (at: number) => observe(at, [worker("i-1", 1, 1), worker("i-2", 1, 1), worker("i-3", 1, 1)]);
    const kinds = new Set<string>();
    for (let at = 0; at <= 900; at += 5) kinds.add(onWorkers(scaler.tick(quiet(at))).split(" ")[0] ?? "");
    expect(kinds).toContain("drain-worker");
    expect(kinds).not.toContain("set-capacity");
  });

  test("describe without a name returns everyone's groups: it is asked by name, and another's answer is refused", async () => {
    const theirs = { AutoScalingGroupName: "another-team", DesiredCapacity: 9, MinSize: 1, MaxSize: 9, Instances: [] };
    const aws = createFakeAws({
      DescribeAutoScalingGroups: { AutoScalingGroups: [theirs] },
      DescribeScalingActivities: { Activities: [] },
    });
    const reader = createAsgReader({
      client: aws.client,
      balancer: aws.client,
      clock: createFakeClock(),
      readDeployment: async () => ({}),
      ...names,
    });
    expect((await reader.describe()).ok).toBe(false);
    expect(aws.calls[0]?.input).toEqual({ AutoScalingGroupNames: [names.groupName] });
  });

  test("SSM: an invocation does not exist right after SendCommand, and polls each second are throttled", async () => {
    const clock = createFakeClock(0);
    const polls: number[] = [];
    const answers = [awsError("InvocationDoesNotExist"), awsError("ThrottlingException"), { Status: "Success" }];
    const aws = createFakeAws({
      SendCommand: { Command: { CommandId: "c-1" } },
      GetCommandInvocation: () => {
        polls.push(clock.nowMs());
        return answers[polls.length - 1];
      },
    });
    const replicas = createSsmReplicas({ client: aws.client, clock, document: "fleet-scale" });
    const outcome = replicas.setReplicas({ worker: "i-1", service: "service-a", replicas: 2, fence: 1 });
    await clock.advance(20_000);
    expect(await outcome).toEqual({ status: "applied" });
    // Polled each second at first; the throttled answer makes it wait longer.
    expect(polls).toEqual([1000, 2000, 4000]);
  });

  test("SSM: a new instance is unmanaged for a while: the command may be given again, and it reads its count at boot", async () => {
    const aws = createFakeAws({ SendCommand: awsError("InvalidInstanceId") });
    const replicas = createSsmReplicas({ client: aws.client, clock: createFakeClock(), document: "fleet-scale" });
    const outcome = await replicas.setReplicas({ worker: "i-1", service: "service-a", replicas: 2, fence: 1 });
    expect(outcome).toMatchObject({ status: "failed", retryable: true });
    // That it reads its count is shown by stack-worker/worker.integration.test.ts.
  });

  test("SSM: 50 ids a command: each command names one worker", async () => {
    const aws = createFakeAws({
      SendCommand: { Command: { CommandId: "c-1" } },
      GetCommandInvocation: { Status: "Success" },
    });
    const clock = createFakeClock();
    const replicas = createSsmReplicas({ client: aws.client, clock, document: "fleet-scale" });
    const outcome = replicas.setReplicas({ worker: "i-1", service: "service-a", replicas: 2, fence: 1 });
    await clock.advance(2000);
    await outcome;
    expect(aws.calls[0]?.input.InstanceIds).toEqual(["i-1"]);
  });

  test("ec2_sd refreshes each 60 s and filters no state: only running workers of this fleet are found, each 15 s", () => {
    const { scrape_configs: jobs } = readYaml("stack-prometheus/rendered/prometheus.yml");
    const [discovery] = jobs.find((job: { job_name: string }) => job.job_name === "worker").ec2_sd_configs;
    expect(discovery.refresh_interval).toBe("15s");
    const filters: Ec2Filter[] = discovery.filters.map(({ name, values }: { name: string; values: string[] }) => ({
      Name: name,
      Value: values,
    }));
    const { name, environment } = readYaml("fleet.yaml");
    const tags = { worker: "true", fleet: name, environment: environment ?? "production" };
    const found = (change: Partial<Ec2Instance>) => matchesFilters({ ...machine, tags, ...change }, filters);
    expect(found({})).toBe(true);
    expect(found({ state: "terminated" })).toBe(false);
    expect(found({ state: "pending" })).toBe(false);
    expect(found({ tags: { ...tags, fleet: "another" } })).toBe(false);
    expect(found({ tags: { ...tags, environment: "another" } })).toBe(false);
    expect(found({ tags: { fleet: name, environment: tags.environment } })).toBe(false);
  });

  test(
    "Terraform resets desired_capacity at each apply: it is in no plan, and a change of it is ignored",
    () => {
      const { lifecycle, desired_capacity, min_size, max_size } = synthStack(
        (app) => new FleetStack(app, testFleet({ workers: { min: 2, max: 5 } })),
      ).one("aws_autoscaling_group");
      expect([min_size, max_size, desired_capacity]).toEqual([2, 5, undefined]);
      expect(lifecycle).toEqual({ ignore_changes: ["desired_capacity"] });
    },
    PATIENCE_MS,
  );

  test(
    "CodeDeploy: a scale-out during a deployment gets the old revision: no release ends before it has the new one, no worker leaves",
    async () => {
      const fleet = await startReleases();
      await fleet.release(OLD);
      const [first = ""] = fleet.members();
      const pause = fleet.pauseAt(first, "ApplicationStart");
      const release = fleet.release(NEW);
      await pause.reached;
      await fleet.scaleTo(2);
      const newcomer = fleet.members().find((id) => id !== first) ?? "";
      expect(fleet.revisionOf(newcomer)).toBe(OLD);

      // Meanwhile wh knows of it, and why nothing may leave.
      const { codedeploy: client } = fleet.sdk;
      const { applicationName: application, deploymentGroupName: group } = RELEASES;
      const { busyWith } = await createDeploymentReader({ client, clock: createFakeClock(), application, group })();
      expect(busyWith).toMatch(new RegExp(`^the deployment d-\\w+ \\(${NEW} by me@here\\)$`));
      const leaving = (change: { busyWith?: string }) => {
        const scaler = new Scaler();
        const quiet = (at: number) => observe(at, [worker("i-1", 1, 1), worker("i-2", 1, 1)], change);
        return Array.from({ length: 900 / 5 }, (_, tick) => onWorkers(scaler.tick(quiet(tick * 5)))).some((done) =>
          /^(drain|terminate|replace)-worker/.test(done),
        );
      };
      expect([leaving({ ...(busyWith && { busyWith }) }), leaving({})]).toEqual([false, true]);

      pause.end();
      expect(await release).toMatchObject({ status: "succeeded" });
      expect([fleet.revisionOf(first), fleet.revisionOf(newcomer)]).toEqual([NEW, NEW]);
    },
    PATIENCE_MS,
  );

  test(
    "CodeDeploy: a terminated instance can hang a deployment for an hour: it is stopped, told why, and the rest deployed to",
    async () => {
      const fleet = await startReleases();
      await fleet.scaleTo(2);
      const [first = "", second = ""] = fleet.members();
      const pause = fleet.pauseAt(first, "ApplicationStart");
      const release = fleet.release(NEW);
      await pause.reached;
      fleet.terminate(first);
      const result = await release;
      expect(result).toMatchObject({ status: "succeeded", deployments: [expect.any(String), expect.any(String)] });
      expect(fleet.revisionOf(second)).toBe(NEW);
      // CodeDeploy itself still waited.
      expect(await fleet.deployment(result.deployments[0] ?? "")).toMatchObject({
        status: "Stopped",
        errorInformation: { code: "MANUAL_STOP" },
      });
      expect(fleet.said()).toContain(`${first} exists no more: the rest gets the revision by a deployment of its own.`);
    },
    PATIENCE_MS,
  );
});
