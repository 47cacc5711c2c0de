import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { synthScope, testFleet } from "../testing/synth.ts";
import { ImageRegistry } from "./image-registry.ts";
import { LogGroups } from "./log-groups.ts";
import { MachineRole } from "./role.ts";
import { createStateTable } from "./state-table.ts";
import { WorkerCommands } from "./worker-commands.ts";

describe("the image registry", () => {
  const { all } = synthScope((scope) => new ImageRegistry(scope, "images", testFleet()));
  test("has a repository for each service, the scaler and mtail, and one for copies of images of others", () => {
    expect(
      Object.values(all("aws_ecr_repository"))
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      "fleet-test-production/mtail",
      "fleet-test-production/third_party",
      "fleet-test-production/web",
      "fleet-test-production/wh",
    ]);
  });
  test("scans each push, never moves a tag, encrypts, and forgets old images", () => {
    for (const repository of Object.values(all("aws_ecr_repository")))
      expect(repository).toMatchObject({
        image_tag_mutability: "IMMUTABLE",
        image_scanning_configuration: { scan_on_push: true },
        encryption_configuration: [{ encryption_type: "AES256" }],
      });
    expect(Object.keys(all("aws_ecr_lifecycle_policy"))).toHaveLength(4);
  });
});

describe("the state table", () => {
  const table = synthScope((scope) => createStateTable(scope, "state", testFleet())).one("aws_dynamodb_table");
  test("has the keys and the expiry that wh writes", () => {
    expect(table).toMatchObject({
      name: "fleet-test-production-state",
      hash_key: "pk",
      range_key: "sk",
      attribute: [
        { name: "pk", type: "S" },
        { name: "sk", type: "S" },
      ],
      ttl: { attribute_name: "expiresAt", enabled: true },
    });
  });
  test.each([true, false])("deploy.protect %s is whether it can be deleted", (protect) => {
    const { one } = synthScope((scope) => createStateTable(scope, "state", testFleet({ deploy: { protect } })));
    expect(one("aws_dynamodb_table").deletion_protection_enabled).toBe(protect);
  });
  test("is encrypted and can be put back to any second", () => {
    expect(table).toMatchObject({
      server_side_encryption: { enabled: true },
      point_in_time_recovery: { enabled: true },
    });
  });
});

test.each(["scale", "drain"])(
  "the document %s is stack-worker's, with nothing that Terraform would replace",
  (kind) => {
    const documents = synthScope((scope) => new WorkerCommands(scope, "commands", testFleet())).all("aws_ssm_document");
    const content = String(Object.values(documents).find(({ name }) => String(name).endsWith(kind))?.content);
    // What Terraform makes of it: a doubled dollar sign is one.
    expect(content).toContain("$${FLEET_HOME");
    expect(content.replaceAll("$${", "")).not.toContain("${");
    const file = new URL(`../../../stack-worker/ssm/fleet-${kind}.json`, import.meta.url);
    expect(JSON.parse(content.replaceAll("$$", () => "$"))).toEqual(JSON.parse(readFileSync(file, "utf8")));
  },
);

test("logs are kept for 30 days", () => {
  const { all } = synthScope((scope) => new LogGroups(scope, "logs", testFleet()));
  expect(
    Object.values(all("aws_cloudwatch_log_group"))
      .map(({ name, retention_in_days }) => [name, retention_in_days])
      .sort(),
  ).toEqual([
    ["/fleet/test/production/monitoring", 30],
    ["/fleet/test/production/workers", 30],
  ]);
});

test("a machine gets its role once the role may do something", () => {
  const statements = [{ sid: "Read", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::x/*"] }];
  const { one } = synthScope(
    (scope) => new MachineRole(scope, "role", { config: testFleet(), name: "worker", description: "d", statements }),
  );
  expect(one("aws_iam_instance_profile").depends_on).toEqual([expect.stringContaining("aws_iam_role_policy.")]);
  expect(JSON.parse(String(one("aws_iam_role").assume_role_policy)).Statement[0].Principal).toEqual({
    Service: "ec2.amazonaws.com",
  });
});
