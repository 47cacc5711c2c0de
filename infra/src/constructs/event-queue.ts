import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy/index.js";
import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import { Construct } from "constructs";
import { resourceName } from "../account/names.ts";
import { type EventPattern, fleetEvents } from "./fleet-events.ts";

/** An event is news for minutes: what nobody has read in an hour, nobody needs. */
const NEWS_SECONDS = 3600;
const DEAD_LETTER_SECONDS = 14 * 24 * 3600;
/** So often may a message be read before it is put aside: wh leaves an interruption there until its machine is gone, half a minute each time. */
const TRIES = 10;
const NAME_LIMIT = 80;
const RULE_NAME_LIMIT = 64;

/** What AWS tells of this fleet's machines and deployments, in one queue; what cannot be delivered or read is put aside. */
export class EventQueue extends Construct {
  readonly queue: SqsQueue;
  readonly deadLetters: SqsQueue;

  /** `others`: rules with other targets, whose events come here when they cannot be delivered. */
  constructor(scope: Construct, id: string, config: FleetConfig, others: readonly CloudwatchEventRule[] = []) {
    super(scope, id);
    this.deadLetters = new SqsQueue(this, "dead-letters", {
      name: resourceName(config, "events-dead", NAME_LIMIT),
      messageRetentionSeconds: DEAD_LETTER_SECONDS,
      sqsManagedSseEnabled: true,
    });
    this.queue = new SqsQueue(this, "queue", {
      name: fleetNames(config).eventQueue,
      messageRetentionSeconds: NEWS_SECONDS,
      sqsManagedSseEnabled: true,
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: this.deadLetters.arn, maxReceiveCount: TRIES }),
    });
    const rules = Object.entries(fleetEvents(config)).map(([name, pattern]) => this.feed(config, name, pattern));
    new SqsQueuePolicy(this, "queue-policy", { queueUrl: this.queue.url, policy: fedBy(this.queue, rules) });
    new SqsQueuePolicy(this, "dead-letters-policy", {
      queueUrl: this.deadLetters.url,
      policy: fedBy(this.deadLetters, [...rules, ...others]),
    });
  }

  private feed(config: FleetConfig, name: string, pattern: EventPattern): CloudwatchEventRule {
    const rule = new CloudwatchEventRule(this, name, {
      name: resourceName(config, name, RULE_NAME_LIMIT),
      eventPattern: JSON.stringify(pattern),
    });
    new CloudwatchEventTarget(this, `${name}-target`, {
      rule: rule.name,
      arn: this.queue.arn,
      deadLetterConfig: { arn: this.deadLetters.arn },
    });
    return rule;
  }
}

function fedBy(queue: SqsQueue, rules: readonly CloudwatchEventRule[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "EventsOfTheFleet",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queue.arn,
        Condition: { ArnEquals: { "aws:SourceArn": rules.map(({ arn }) => arn) } },
      },
    ],
  });
}
