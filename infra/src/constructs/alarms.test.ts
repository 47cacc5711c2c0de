import type { FleetConfigInput } from "@compose-fleet/fleet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allows } from "../testing/evaluate-policy.ts";
import { type Block, synthScope, testFleet } from "../testing/synth.ts";
import { Alarms } from "./alarms.ts";
import { createLaunchFailureRule } from "./launch-failure.ts";

function alarms(input: Partial<FleetConfigInput> = {}) {
  return synthScope((scope) => {
    const config = testFleet(input);
    new Alarms(scope, "alarms", {
      config,
      loadBalancer: "net/lb/1",
      targetGroup: "targetgroup/tg/2",
      monitoringInstanceId: "i-1",
      launchFailure: createLaunchFailureRule(scope, "launch-failure", config),
      deadLetters: { name: "dead", arn: "arn:dead" },
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
    ["monitoring-down-seen", "breaching"],
    ["no-scaler-seen", "breaching"],
    ["nobody-serves-seen", "breaching"],
    ["in-service", "ignore"],
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
  expect(named("no-scaler-seen")).toMatchObject({ namespace: "Fleet/test/production", metric_name: "ScalerHeartbeat" });
  expect(named("server-errors")).toMatchObject({ namespace: "Fleet/test/production", metric_name: "ServerErrorShare" });
});

/** Alarms of both types by their names within the fleet. */
function everyAlarm() {
  const stack = alarms();
  const all = [
    ...Object.values(stack.all("aws_cloudwatch_metric_alarm")),
    ...Object.values(stack.all("aws_cloudwatch_composite_alarm")),
  ];
  return all.map((alarm) => [String(alarm.alarm_name).replace("fleet-test-production-", ""), alarm] as const);
}

test("each alarm tells when it begins and when it ends, but for those that others look at", () => {
  const speaking = everyAlarm().filter(([, alarm]) => alarm.alarm_actions !== undefined);
  expect(speaking.map(([name]) => name).sort()).toEqual([
    "at-max",
    "dead-letters",
    "monitoring-down",
    "no-scaler",
    "nobody-serves",
    "server-errors",
    "unhealthy-worker",
  ]);
  for (const [, alarm] of speaking) {
    expect(alarm.alarm_actions).toEqual([expect.stringContaining("aws_sns_topic")]);
    expect(alarm.ok_actions).toEqual(alarm.alarm_actions);
  }
});

describe("between the stack's creation and the first release nobody is told that nothing runs", () => {
  const all = new Map(everyAlarm());

  test.each(["nobody-serves", "monitoring-down", "no-scaler"])("%s waits for the first heartbeat", (name) => {
    const seen =
      /ALARM\("\$\{aws_cloudwatch_metric_alarm\.[\w-]*?_([a-z-]+-seen)(_[0-9A-F]{8})?\.alarm_name\}"\) AND OK\("\$\{aws_cloudwatch_metric_alarm\.[\w-]*?_in-service/;
    expect(seen.exec(String(all.get(name)?.alarm_rule))?.[1]).toBe(`${name}-seen`);
  });
  test("whatever missing data raises, waits", () => {
    for (const [name, alarm] of all) {
      if (alarm.treat_missing_data === "breaching") expect([name, alarm.alarm_actions]).toEqual([name, undefined]);
    }
  });
  test("the latch reads the heartbeat, which is 1 or missing, and keeps its state while it is missing", () => {
    expect(all.get("in-service")).toMatchObject({
      metric_name: "ScalerHeartbeat",
      comparison_operator: "LessThanThreshold",
      threshold: 1,
      treat_missing_data: "ignore",
      evaluation_periods: 1,
    });
  });
});

test("a failed launch reaches the topic as the event itself, or the dead letters", () => {
  const stack = alarms();
  expect(JSON.parse(String(stack.one("aws_cloudwatch_event_rule").event_pattern))).toEqual({
    source: ["aws.autoscaling"],
    "detail-type": ["EC2 Instance Launch Unsuccessful"],
    detail: { AutoScalingGroupName: ["fleet-test-production-workers"] },
  });
  expect(stack.one("aws_cloudwatch_event_target")).toMatchObject({
    arn: expect.stringContaining("aws_sns_topic"),
    dead_letter_config: { arn: "arn:dead" },
  });
});

describe("who may speak", () => {
  const ACCOUNT = "123456789012";
  const stack = alarms();
  // Terraform's expressions as what they will be.
  const known = (text: unknown) =>
    String(text)
      .replaceAll(/\$\{aws_sns_topic[^}]*\}/g, "arn:topic")
      .replaceAll(/\$\{element\([^}]*\}/g, ACCOUNT);
  const topic = known(stack.one("aws_sns_topic_policy").policy);
  const key = known(stack.one("aws_kms_key").policy);
  /** Whether a message gets through: the topic takes it, and the key encrypts it. */
  const speaks = (service: string, context: Record<string, string>) =>
    allows(topic, { action: "sns:Publish", resource: "arn:topic", service, context }) &&
    ["kms:GenerateDataKey", "kms:Decrypt"].every((action) => allows(key, { action, resource: "*", service, context }));
  const alarm = (account: string, name: string) => ({
    "aws:SourceArn": `arn:aws:cloudwatch:eu-central-1:${account}:alarm:${name}`,
    "aws:SourceAccount": account,
  });

  test("the fleet's alarms", () => {
    expect(speaks("cloudwatch.amazonaws.com", alarm(ACCOUNT, "fleet-test-production-no-scaler"))).toBe(true);
  });
  test.each([
    ["another fleet's", alarm(ACCOUNT, "fleet-test-stage-no-scaler")],
    ["another account's", alarm("999999999999", "fleet-test-production-no-scaler")],
    ["nobody's", {}],
  ])("not %s", (_whose, context) => {
    expect(speaks("cloudwatch.amazonaws.com", context)).toBe(false);
  });
  test("EventBridge, whatever it says or, as AWS documents, does not say of itself", () => {
    const context = fc.dictionary(
      fc.constantFrom("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID"),
      fc.string(),
    );
    fc.assert(fc.property(context, (said) => speaks("events.amazonaws.com", said)));
  });
  test("no other service", () => {
    for (const service of [
      "s3.amazonaws.com",
      "sns.amazonaws.com",
      "budgets.amazonaws.com",
      "autoscaling.amazonaws.com",
    ])
      expect(speaks(service, alarm(ACCOUNT, "fleet-test-production-no-scaler"))).toBe(false);
  });
  test("neither policy knows anybody besides, but the account itself", () => {
    expect(`${topic}${key}`).not.toContain('"Principal":"*"');
    const principals = [...`${topic}${key}`.matchAll(/"Principal":(\{[^}]*\})/g)].map(([, text]) => text);
    expect(new Set(principals)).toEqual(
      new Set([
        '{"Service":"cloudwatch.amazonaws.com"}',
        '{"Service":"events.amazonaws.com"}',
        `{"AWS":"arn:aws:iam::${ACCOUNT}:root"}`,
      ]),
    );
  });
});

test("the key of the alarms is rotated, and can be saved by the account's people until its deletion", () => {
  const key = alarms().one("aws_kms_key");
  expect(key).toMatchObject({ enable_key_rotation: true });
  for (const action of ["kms:CancelKeyDeletion", "kms:EnableKey", "kms:DisableKey"])
    expect(key.policy).toContain(action);
  expect(alarms().one("aws_sns_topic").kms_master_key_id).toContain("aws_kms_alias");
});

test.each([
  ["somebody is told", "ops@example.com", 1],
  ["nobody", undefined, 0],
])("%s: notify.email is %s", (_rule, email, subscriptions) => {
  expect(Object.keys(alarms({ notify: email ? { email } : {} }).all("aws_sns_topic_subscription"))).toHaveLength(
    subscriptions,
  );
});
