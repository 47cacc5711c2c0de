import type { FleetConfigInput } from "@compose-fleet/fleet";
import { describe, expect, test } from "vitest";
import { type Block, type Synthesized, synthScope, testFleet } from "../testing/synth.ts";
import { Workers } from "./workers.ts";

function workers(input: NonNullable<FleetConfigInput["workers"]> = {}): Synthesized {
  return synthScope((scope) => {
    new Workers(scope, "workers", {
      // Both kinds of machine are of one architecture.
      config: testFleet({ workers: input, monitoring: { instanceType: input.instanceTypes?.[0] ?? "t3.small" } }),
      subnetIds: ["subnet-1", "subnet-2"],
      securityGroupId: "sg-1",
      targetGroupArns: ["arn:target-group"],
      profileName: "profile",
      after: [],
    });
  });
}

const group = (input?: FleetConfigInput["workers"]): Block => workers(input).one("aws_autoscaling_group");

describe("the scaler alone resizes the group", () => {
  test("within the bounds of fleet.yaml", () => {
    expect(group({ min: 2, max: 9 })).toMatchObject({ min_size: 2, max_size: 9 });
  });
  test("and a deployment leaves the number of workers as it is", () => {
    expect(group().desired_capacity).toBeUndefined();
    expect(group().lifecycle).toEqual({ ignore_changes: ["desired_capacity"] });
  });
  test("AWS rebalances nothing and judges by EC2's checks, not by the load balancer's", () => {
    expect(group()).toMatchObject({
      health_check_type: "EC2",
      suspended_processes: ["AZRebalance"],
      capacity_rebalance: false,
    });
  });
});

describe("what is launched", () => {
  test("the types of fleet.yaml in their order, on demand unless it says Spot", () => {
    expect(group({ instanceTypes: ["t3.small", "t3a.small"] }).mixed_instances_policy).toMatchObject({
      instances_distribution: {
        on_demand_base_capacity: 1,
        on_demand_percentage_above_base_capacity: 100,
        on_demand_allocation_strategy: "prioritized",
        spot_allocation_strategy: "price-capacity-optimized",
      },
      launch_template: { override: [{ instance_type: "t3.small" }, { instance_type: "t3a.small" }] },
    });
  });
  test.each([
    [0.75, 25],
    [1, 0],
    [1 / 3, 67],
  ])("a Spot share of %d leaves %i %% on demand", (spotShareAboveBase, percentage) => {
    const spot = { onDemandBase: 0, spotShareAboveBase };
    expect(group({ spot }).mixed_instances_policy).toMatchObject({
      instances_distribution: { on_demand_base_capacity: 0, on_demand_percentage_above_base_capacity: percentage },
    });
  });
  test.each([
    ["t3.small", "amd64"],
    ["t4g.small", "arm64"],
  ])("a %s runs Ubuntu 24.04 of %s, the newest at each launch", (type, architecture) => {
    expect(workers({ instanceTypes: [type] }).one("aws_launch_template").image_id).toBe(
      `resolve:ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture}/hvm/ebs-gp3/ami-id`,
    );
  });

  test("of a baked image it is the one that a parameter names at each launch", () => {
    expect(workers({ image: "baked" }).one("aws_launch_template").image_id).toBe(
      "resolve:ssm:/fleet/test/production/worker-image",
    );
  });
});

test("metadata answers version 2 only, and no container", () => {
  expect(workers().one("aws_launch_template").metadata_options).toMatchObject({
    http_tokens: "required",
    http_put_response_hop_limit: 1,
  });
});

test("the disk is encrypted and goes with the worker", () => {
  expect(workers().one("aws_launch_template").block_device_mappings).toMatchObject([
    { ebs: { volume_type: "gp3", encrypted: "true", delete_on_termination: "true" } },
  ]);
});

test("nobody signs in by SSH", () => {
  expect(workers().one("aws_launch_template").key_name).toBeUndefined();
});

describe("a hook holds", () => {
  test.each([
    [
      "a new worker until its user data has ended, and takes back one that failed",
      "launching",
      "LAUNCHING",
      900,
      "ABANDON",
    ],
    ["a worker that AWS ends until it has drained", "terminating", "TERMINATING", 600, "CONTINUE"],
  ])("%s", (_rule, kind, transition, heartbeat, result) => {
    const hook = {
      name: `fleet-test-production-${kind}`,
      lifecycle_transition: `autoscaling:EC2_INSTANCE_${transition}`,
      heartbeat_timeout: heartbeat,
      default_result: result,
    };
    expect(group().initial_lifecycle_hook).toContainEqual(hook);
    expect(Object.values(workers().all("aws_autoscaling_lifecycle_hook"))).toContainEqual(
      expect.objectContaining(hook),
    );
  });
});

test("instances carry the tags by which Prometheus and the scaler find them", () => {
  expect(group().tag).toEqual(
    Object.entries({
      fleet: "test",
      environment: "production",
      "fleet-environment": "test-production",
      worker: "true",
      Name: "fleet-test-production-worker",
    }).map(([key, value]) => ({ key, value, propagate_at_launch: true })),
  );
});
