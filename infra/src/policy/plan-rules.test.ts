import { describe, expect, test } from "vitest";
import type { Plan } from "../terraform/plan.ts";
import { planRules, planViolations, type RuleName } from "./plan-rules.ts";

type Planted = readonly [type: string, after: Record<string, unknown>];

const tags_all = { fleet: "test", environment: "stage" };
const allow = (...actions: string[]) => JSON.stringify({ Statement: [{ Effect: "Allow", Action: actions }] });

/** For each rule what breaks it, and its neighbours that do not. */
const planted: Record<RuleName, { breaks: readonly Planted[]; keeps: readonly Planted[] }> = {
  "the world reaches ports 80 and 443 and nothing else": {
    breaks: [
      [
        "aws_vpc_security_group_ingress_rule",
        { cidr_ipv4: "0.0.0.0/0", from_port: 22, to_port: 22, ip_protocol: "tcp" },
      ],
      [
        "aws_vpc_security_group_ingress_rule",
        { cidr_ipv6: "::/0", from_port: 9090, to_port: 9090, ip_protocol: "tcp" },
      ],
      [
        "aws_vpc_security_group_ingress_rule",
        { cidr_ipv4: "0.0.0.0/0", from_port: 80, to_port: 443, ip_protocol: "tcp" },
      ],
      ["aws_vpc_security_group_ingress_rule", { cidr_ipv4: "0.0.0.0/0", ip_protocol: "-1" }],
      [
        "aws_security_group",
        { ingress: [{ cidr_blocks: ["0.0.0.0/0"], from_port: 8090, to_port: 8090, protocol: "tcp" }] },
      ],
      [
        "aws_security_group_rule",
        { type: "ingress", ipv6_cidr_blocks: ["::/0"], from_port: 3000, to_port: 3000, protocol: "tcp" },
      ],
    ],
    keeps: [
      [
        "aws_vpc_security_group_ingress_rule",
        { cidr_ipv4: "0.0.0.0/0", from_port: 443, to_port: 443, ip_protocol: "tcp" },
      ],
      [
        "aws_vpc_security_group_ingress_rule",
        { cidr_ipv4: "172.16.0.0/16", from_port: 9090, to_port: 9090, ip_protocol: "tcp" },
      ],
      ["aws_vpc_security_group_egress_rule", { cidr_ipv4: "0.0.0.0/0", ip_protocol: "-1" }],
    ],
  },
  "the metadata service answers version 2 only": {
    breaks: [
      [
        "aws_launch_template",
        { metadata_options: [{ http_tokens: "optional" }], block_device_mappings: [{ ebs: [{ encrypted: "true" }] }] },
      ],
      ["aws_instance", { root_block_device: [{ encrypted: true }] }],
    ],
    keeps: [
      ["aws_instance", { metadata_options: [{ http_tokens: "required" }], root_block_device: [{ encrypted: true }] }],
    ],
  },
  "data at rest is encrypted": {
    breaks: [
      ["aws_ebs_volume", { encrypted: false }],
      ["aws_instance", { metadata_options: [{ http_tokens: "required" }] }],
      [
        "aws_instance",
        {
          metadata_options: [{ http_tokens: "required" }],
          root_block_device: [{ encrypted: true }],
          ebs_block_device: [{ encrypted: false }],
        },
      ],
      ["aws_launch_template", { metadata_options: [{ http_tokens: "required" }], block_device_mappings: [] }],
      ["aws_dynamodb_table", {}],
      ["aws_sqs_queue", { sqs_managed_sse_enabled: false }],
      ["aws_sns_topic", {}],
      ["aws_sns_topic", { kms_master_key_id: "alias/aws/sns" }],
      ["aws_ecr_repository", { encryption_configuration: [] }],
    ],
    keeps: [
      ["aws_ebs_volume", { encrypted: true }],
      ["aws_instance", { launch_template: [{ id: "lt-1" }] }],
      [
        "aws_launch_template",
        { metadata_options: [{ http_tokens: "required" }], block_device_mappings: [{ ebs: [{ encrypted: "true" }] }] },
      ],
      ["aws_dynamodb_table", { server_side_encryption: [{ enabled: true }] }],
      ["aws_sqs_queue", { sqs_managed_sse_enabled: true }],
      ["aws_sns_topic", { kms_master_key_id: "alias/fleet-test-alarms" }],
    ],
  },
  "no statement allows all actions of a service": {
    breaks: [
      ["aws_iam_role_policy", { policy: allow("s3:GetObject", "ec2:*") }],
      ["aws_iam_policy", { policy: allow("*") }],
      ["aws_sqs_queue_policy", { policy: allow("sqs:Send*") }],
      ["aws_kms_key", { policy: allow("kms:*").replace("Allow", `\u0024{split(":", x.arn)}","Effect":"Allow`) }],
    ],
    keeps: [
      ["aws_iam_policy", { policy: allow("s3:GetObject") }],
      ["aws_s3_bucket_policy", { policy: JSON.stringify({ Statement: { Effect: "Deny", Action: "s3:*" } }) }],
      ["aws_ecr_lifecycle_policy", { policy: JSON.stringify({ rules: [] }) }],
    ],
  },
  "everything is tagged with its fleet and environment": {
    breaks: [["aws_vpc", { tags_all: { fleet: "test" } }]],
    keeps: [
      ["aws_vpc", { tags_all }],
      ["aws_route", { tags_all: null }],
    ],
  },
  "a secret's value is never Terraform's": {
    breaks: [
      ["aws_ssm_parameter", { tags_all, value: "hunter2" }],
      ["random_password", {}],
    ],
    keeps: [["aws_ssm_document", { tags_all }]],
  },
};

function planOf([type, after]: Planted): Plan {
  return {
    resource_changes: [{ address: `${type}.planted`, mode: "managed", type, change: { actions: ["create"], after } }],
  };
}

describe.each(planRules)("%s", (rule) => {
  test.each(planted[rule].breaks)("a planted %s %j is found", (...resource) => {
    expect(planViolations(planOf(resource)).map((each) => each.rule)).toEqual([rule]);
  });
  test.each(planted[rule].keeps)("%s %j is none", (...resource) => {
    expect(planViolations(planOf(resource))).toEqual([]);
  });
});

test("what is about to be deleted breaks no rule", () => {
  const gone = { actions: ["delete" as const], before: { encrypted: false }, after: null };
  expect(
    planViolations({
      resource_changes: [{ address: "aws_ebs_volume.old", mode: "managed", type: "aws_ebs_volume", change: gone }],
    }),
  ).toEqual([]);
});
