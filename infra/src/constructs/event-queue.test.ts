import { expect, test } from "vitest";
import { synthScope, testFleet } from "../testing/synth.ts";
import { EventQueue } from "./event-queue.ts";
import { createLaunchFailureRule } from "./launch-failure.ts";

const { all } = synthScope((scope) => new EventQueue(scope, "events", testFleet()));
const queues = Object.values(all("aws_sqs_queue"));

test("both queues are encrypted", () => {
  expect(queues.map((queue) => [queue.name, queue.sqs_managed_sse_enabled]).sort()).toEqual([
    ["fleet-test-production-events", true],
    ["fleet-test-production-events-dead", true],
  ]);
});

test("a message that nobody can read goes to the dead letters", () => {
  const policy = JSON.parse(String(queues.find(({ redrive_policy }) => redrive_policy)?.redrive_policy));
  expect(policy).toMatchObject({ maxReceiveCount: 10, deadLetterTargetArn: expect.stringContaining("dead-letters") });
});

test("an event that cannot be delivered goes there, too", () => {
  const targets = Object.values(all("aws_cloudwatch_event_target"));
  expect(targets).toHaveLength(4);
  for (const target of targets)
    expect(target).toMatchObject({ dead_letter_config: { arn: expect.stringContaining("dead-letters") } });
});

test.each([
  ["spot-interruption", "aws.ec2", "EC2 Spot Instance Interruption Warning"],
  ["rebalance", "aws.ec2", "EC2 Instance Rebalance Recommendation"],
  ["scaling", "aws.autoscaling", "EC2 Instance Launch Unsuccessful"],
  ["deployment", "aws.codedeploy", "CodeDeploy Deployment State-change Notification"],
])("the rule %s catches %s: %s", (name, source, type) => {
  const rule = Object.values(all("aws_cloudwatch_event_rule")).find((one) => String(one.name).endsWith(name));
  const pattern = JSON.parse(String(rule?.event_pattern));
  expect(pattern.source).toEqual([source]);
  expect(pattern["detail-type"]).toContain(type);
});

test("scaling and deployments of other fleets are left out", () => {
  const details = Object.values(all("aws_cloudwatch_event_rule")).flatMap(
    (rule) => JSON.parse(String(rule.event_pattern)).detail ?? [],
  );
  expect(details).toContainEqual({ AutoScalingGroupName: ["fleet-test-production-workers"] });
  expect(details).toContainEqual({ application: ["fleet-test-production-releases"] });
});

test("only these rules may write into the queues; those of other targets into the dead letters alone", () => {
  const withOther = synthScope((scope) => {
    new EventQueue(scope, "events", testFleet(), [createLaunchFailureRule(scope, "other", testFleet())]);
  });
  const sources = Object.entries(withOther.all("aws_sqs_queue_policy")).map(([name, { policy }]) => {
    const [statement, ...others] = JSON.parse(String(policy)).Statement;
    expect(others).toEqual([]);
    expect(statement.Action).toBe("sqs:SendMessage");
    return [
      /dead-letters/.test(name) ? "dead letters" : "queue",
      statement.Condition.ArnEquals["aws:SourceArn"].length,
    ];
  });
  expect(Object.fromEntries(sources)).toEqual({ queue: 4, "dead letters": 5 });
});
