import { describe, expect, test } from "vitest";
import { synthScope, testFleet } from "../testing/synth.ts";
import { Monitoring } from "./monitoring.ts";
import { PrivateZone } from "./private-zone.ts";

const stack = synthScope((scope) => {
  const config = testFleet({
    workers: { instanceTypes: ["t4g.medium"] },
    monitoring: { instanceType: "t4g.small", dataGigabytes: 50 },
  });
  const { instance } = new Monitoring(scope, "monitoring", {
    config,
    subnetId: "subnet-1",
    availabilityZone: "eu-central-1a",
    securityGroupId: "sg-1",
    profileName: "profile",
    after: [],
  });
  new PrivateZone(scope, "zone", { config, vpcId: "vpc-1", monitoringAddress: instance.privateIp });
});

test("the instance is of the type that fleet.yaml names, and recovers by itself", () => {
  expect(stack.one("aws_launch_template")).toMatchObject({
    instance_type: "t4g.small",
    image_id: expect.stringContaining("/arm64/"),
  });
  expect(stack.one("aws_instance")).toMatchObject({ maintenance_options: { auto_recovery: "default" } });
});

describe("its data", () => {
  test("lies on an encrypted volume of its own, in the instance's zone", () => {
    expect(stack.one("aws_ebs_volume")).toMatchObject({
      availability_zone: "eu-central-1a",
      encrypted: true,
      size: 50,
      type: "gp3",
    });
  });
  test("stays when the instance is replaced: the volume is none of the instance's own", () => {
    expect(stack.one("aws_instance")).not.toHaveProperty("ebs_block_device");
    expect(stack.one("aws_launch_template").block_device_mappings).toHaveLength(1);
    expect(stack.one("aws_volume_attachment")).toMatchObject({ stop_instance_before_detaching: true });
  });
});

test("a plan of what is applied changes nothing: of its script only the template's version tells", () => {
  expect(stack.one("aws_instance")).toMatchObject({
    launch_template: { version: expect.stringContaining("latest_version") },
    lifecycle: { ignore_changes: ["user_data"] },
  });
  expect(stack.one("aws_instance")).not.toHaveProperty("user_data");
});

test("metadata answers version 2 only; its containers use its role", () => {
  expect(stack.one("aws_launch_template").metadata_options).toMatchObject({
    http_tokens: "required",
    http_put_response_hop_limit: 2,
  });
});

test("it is no worker: Prometheus would scrape it and the scaler send it commands", () => {
  expect(stack.one("aws_instance").tags).not.toHaveProperty("worker");
});

test("workers find it by its private name", () => {
  expect(stack.one("aws_route53_zone")).toMatchObject({ name: "fleet.internal", vpc: [{ vpc_id: "vpc-1" }] });
  expect(stack.one("aws_route53_record")).toMatchObject({
    name: "monitoring.fleet.internal",
    type: "A",
    records: [expect.stringMatching(/aws_instance\..*\.private_ip/)],
  });
});

describe("deploy.protect", () => {
  const monitored = (protect: boolean) =>
    synthScope((scope) => {
      new Monitoring(scope, "monitoring", {
        config: testFleet({ deploy: { protect } }),
        subnetId: "subnet-1",
        availabilityZone: "eu-central-1a",
        securityGroupId: "sg-1",
        profileName: "profile",
        after: [],
      });
    });

  test("keeps the data volume, and a week of snapshots of it alone", () => {
    const { one } = monitored(true);
    expect(one("aws_ebs_volume").lifecycle).toEqual({ prevent_destroy: true });
    expect(one("aws_dlm_lifecycle_policy").policy_details).toMatchObject({
      target_tags: (one("aws_ebs_volume") as { tags: object }).tags,
      schedule: [{ retain_rule: { count: 7 }, tags_to_add: { fleet: "test", environment: "production" } }],
    });
  });
  test("is not asked for by default", () => {
    const { one, all } = monitored(false);
    expect(one("aws_ebs_volume")).not.toHaveProperty("lifecycle");
    expect(all("aws_dlm_lifecycle_policy")).toEqual({});
  });
});
