import type { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import type { FleetConfig } from "@compose-fleet/fleet";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { resourceName, resourcePattern } from "../account/names.ts";

/** The shortest time that KMS takes to delete a key, in days. */
const KEY_DELETION_DAYS = 7;

/** Position of the account in an ARN. */
const ARN_ACCOUNT = 4;
/** What somebody who may does with a key; whether they may is IAM's. */
const KEY_ACTIONS = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:Decrypt",
  "kms:DeleteAlias",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:GenerateDataKey",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
];

/** Where alarms go: encrypted, spoken through by the fleet's alarms and by EventBridge's rules, read by whom `notify.email` names. */
export class AlarmTopic extends Construct {
  readonly arn: string;

  /** `rule`: one that speaks through the topic. */
  constructor(scope: Construct, id: string, config: FleetConfig, rule: CloudwatchEventRule) {
    super(scope, id);
    // A plan asks AWS nothing, not even whose account it is: a resource's own ARN says it.
    const account = Fn.element(Fn.split(":", rule.arn), ARN_ACCOUNT) as string;
    // A key of our own: alarms cannot use AWS's own key of SNS, and would fail without a word.
    const key = new KmsKey(this, "key", {
      description: `Alarms of the fleet ${config.name} (${config.environment})`,
      enableKeyRotation: true,
      deletionWindowInDays: KEY_DELETION_DAYS,
      policy: keyPolicy(config, account),
    });
    const alias = new KmsAlias(this, "alias", {
      name: `alias/${resourceName(config, "alarms")}`,
      targetKeyId: key.keyId,
    });
    const topic = new SnsTopic(this, "topic", { name: resourceName(config, "alarms"), kmsMasterKeyId: alias.name });
    this.arn = topic.arn;
    new SnsTopicPolicy(this, "speakers", { arn: topic.arn, policy: topicPolicy(config, account, topic.arn) });
    if (config.notify.email)
      new SnsTopicSubscription(this, "email", {
        topicArn: topic.arn,
        protocol: "email",
        endpoint: config.notify.email,
      });
  }
}

/*
 * Two speakers, a statement for each, in the topic's policy and in the key's. Alarms say whose they are, and are asked for it.
 * EventBridge says nothing to either: AWS documents that the topic's policy then takes no conditions, and that the key's takes neither
 * aws:SourceAccount nor aws:SourceArn. A statement for both would lose every event without a word.
 */

const ALARMS = "cloudwatch.amazonaws.com";
const EVENTS = "events.amazonaws.com";

function alarmArns(config: FleetConfig, account: string): string {
  return `arn:aws:cloudwatch:${config.region}:${account}:alarm:${resourcePattern(config)}`;
}

function topicPolicy(config: FleetConfig, account: string, topic: string): string {
  const publish = { Effect: "Allow", Action: "sns:Publish", Resource: topic };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AlarmsOfTheFleet",
        ...publish,
        Principal: { Service: ALARMS },
        Condition: {
          ArnLike: { "aws:SourceArn": alarmArns(config, account) },
          StringEquals: { "aws:SourceAccount": account },
        },
      },
      { Sid: "RulesOfEventBridge", ...publish, Principal: { Service: EVENTS } },
    ],
  });
}

function keyPolicy(config: FleetConfig, account: string): string {
  // In a key's policy a star is the key itself.
  const use = { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: "*" };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        // Hands the decision to the account's IAM, as KMS asks for: it gives nobody anything by itself.
        Sid: "TheAccountDecides",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: KEY_ACTIONS,
        Resource: "*",
      },
      {
        Sid: "AlarmsEncrypt",
        ...use,
        Principal: { Service: ALARMS },
        Condition: {
          ArnLike: { "aws:SourceArn": alarmArns(config, account) },
          StringEquals: { "aws:SourceAccount": account },
        },
      },
      { Sid: "RulesEncrypt", ...use, Principal: { Service: EVENTS } },
    ],
  });
}
