import type { FleetConfigInput } from "@compose-fleet/policy";
import { describe, expect, test } from "vitest";
import { type Block, synthScope, testFleet } from "../testing/synth.ts";
import { Alarms } from "./alarms.ts";

function alarms(input: Partial<FleetConfigInput> = {}) {
  return synthScope((scope) => {
    new Alarms(scope, "alarms", {
      config: testFleet(input),
      loadBalancer: "net/lb/1",
      targetGroup: "targetgroup/tg/2",
      monitoringInstanceId: "i-1",
      deadLetterQueueName: "dead",
    });
  });
}

function named(name: string, input?: Partial<FleetConfigInput>): Block | undefined {
  return Object.values(alarms(input).all("aws_cloudwatch_metric_alarm")).find(
    (alarm) => alarm.alarm_name === `fleet-test-production-${name}`,
  );
}

describe("what is missing counts as", () => {
  test.each([
    ["monitoring-down", "breaching"],
    ["no-scaler", "breaching"],
    ["nobody-serves", "breaching"],
    ["at-max", "notBreaching"],
    ["unhealthy-worker", "notBreaching"],
    ["server-errors", "notBreaching"],
    ["dead-letters", "notBreaching"],
  ])("%s: %s", (name, missing) => {
    expect(named(name)).toMatchObject({ treat_missing_data: missing });
  });
});

test("at the maximum is every minute of ten at workers.max", () => {
  expect(named("at-max", { workers: { min: 1, max: 4 } })).toMatchObject({
    metric_name: "GroupInServiceInstances",
    dimensions: { AutoScalingGroupName: "fleet-test-production-workers" },
    comparison_operator: "GreaterThanOrEqualToThreshold",
    threshold: 4,
    evaluation_periods: 10,
    period: 60,
    statistic: "Minimum",
  });
});

test("a group of one size is not at its maximum all the time", () => {
  expect(named("at-max", { workers: { min: 2, max: 2 } })).toBeUndefined();
});

test("a worker may be unhealthy as long as its drain may take", () => {
  expect(named("unhealthy-worker", { scaling: { drain: { deadlineSeconds: 900 } } })).toMatchObject({
    evaluation_periods: 20,
  });
});

test("the heartbeat and the share of errors are those that the monitoring instance writes", () => {
  expect(named("no-scaler")).toMatchObject({ namespace: "Fleet/test/production", metric_name: "ScalerHeartbeat" });
  expect(named("server-errors")).toMatchObject({ namespace: "Fleet/test/production", metric_name: "ServerErrorShare" });
});

test("each alarm tells when it begins and when it ends", () => {
  const all = Object.values(alarms().all("aws_cloudwatch_metric_alarm"));
  expect(all.length).toBe(7);
  for (const alarm of all) {
    expect(alarm.alarm_actions).toEqual([expect.stringContaining("aws_sns_topic")]);
    expect(alarm.ok_actions).toEqual(alarm.alarm_actions);
  }
});

test("a failed launch reaches the topic as the event itself", () => {
  const stack = alarms();
  expect(JSON.parse(String(stack.one("aws_cloudwatch_event_rule").event_pattern))).toEqual({
    source: ["aws.autoscaling"],
    "detail-type": ["EC2 Instance Launch Unsuccessful"],
    detail: { AutoScalingGroupName: ["fleet-test-production-workers"] },
  });
  expect(stack.one("aws_cloudwatch_event_target").arn).toContain("aws_sns_topic");
});

test("only the fleet's alarms and its rule speak through the topic, and only they may use its key", () => {
  const stack = alarms();
  const topic = String(stack.one("aws_sns_topic_policy").policy);
  expect(topic).toContain('"Service":"cloudwatch.amazonaws.com"');
  expect(topic).toContain(":alarm:fleet-test-production-*");
  expect(topic).toContain("aws_cloudwatch_event_rule");
  expect(topic).not.toContain('"Principal":"*"');
  const key = stack.one("aws_kms_key");
  expect(key).toMatchObject({ enable_key_rotation: true });
  expect(key.policy).toContain("kms:GenerateDataKey");
  expect(stack.one("aws_sns_topic").kms_master_key_id).toContain("aws_kms_alias");
});

test.each([
  ["somebody is told", "ops@example.com", 1],
  ["nobody", undefined, 0],
])("%s: notify.email is %s", (_rule, email, subscriptions) => {
  expect(Object.keys(alarms({ notify: email ? { email } : {} }).all("aws_sns_topic_subscription"))).toHaveLength(
    subscriptions,
  );
});
