import { describe, expect, test } from "vitest";
import { synthScope, testFleet } from "../testing/synth.ts";
import { createRevisionBucket, Releases } from "./releases.ts";

const props = { groupName: "fleet-test-production-workers", monitoringName: "fleet-test-production-monitoring" };
const release = () => synthScope((scope) => new Releases(scope, "releases", { config: testFleet(), ...props }));

describe("a deployment group", () => {
  const { all } = release();
  const groups = Object.values(all("aws_codedeploy_deployment_group"));
  const named = (name: string) => groups.find((group) => group.deployment_group_name === name);

  test.each(["workers", "monitoring"])(
    "of %s: in place, one at a time, without traffic control, also for machines left behind",
    (name) => {
      expect(named(name)).toMatchObject({
        deployment_config_name: "CodeDeployDefault.OneAtATime",
        deployment_style: { deployment_option: "WITHOUT_TRAFFIC_CONTROL", deployment_type: "IN_PLACE" },
        outdated_instances_strategy: "UPDATE",
      });
    },
  );
  test("exactly one holds the Auto Scaling group, as its hook is put there once", () => {
    expect(groups.filter((group) => group.autoscaling_groups)).toEqual([named("workers")]);
    expect(named("workers")?.autoscaling_groups).toEqual([props.groupName]);
  });
  test.each(["workers", "monitoring"])(
    "of %s goes back on failure, and no alarm stops it: neither the fix nor the way back",
    (name) => {
      expect(named(name)?.auto_rollback_configuration).toEqual({ enabled: true, events: ["DEPLOYMENT_FAILURE"] });
      expect(named(name)).not.toHaveProperty("alarm_configuration");
    },
  );
  test("of monitoring wants all tags at once", () => {
    expect(named("monitoring")?.ec2_tag_set).toEqual(
      Object.entries({ fleet: "test", environment: "production", Name: props.monitoringName }).map(([key, value]) => ({
        ec2_tag_filter: [{ key, type: "KEY_AND_VALUE", value }],
      })),
    );
  });
});

describe("the revision bucket", () => {
  const { one } = synthScope((scope) => createRevisionBucket(scope, "revisions", testFleet()));
  test("is never public", () => {
    expect(one("aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
  });
  test("is versioned and encrypted", () => {
    expect(one("aws_s3_bucket_versioning")).toMatchObject({ versioning_configuration: { status: "Enabled" } });
    expect(one("aws_s3_bucket_server_side_encryption_configuration")).toMatchObject({
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
    });
  });
  test("answers by TLS only", () => {
    const { Statement } = JSON.parse(String(one("aws_s3_bucket_policy").policy));
    expect(Statement).toMatchObject([{ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }]);
  });
  test.each([
    ["short", { name: "demo" }],
    ["long", { name: "a-name-of-thirty-two-characters1", environment: "an-environment-of-thirty-two-chr" }],
  ])("has a beginning of at most 37 characters for a %s name", (_, names) => {
    const long = synthScope((scope) => createRevisionBucket(scope, "revisions", testFleet(names)));
    expect(String(long.one("aws_s3_bucket").bucket_prefix)).toMatch(/^fleet-.{1,30}-$/);
  });
});
