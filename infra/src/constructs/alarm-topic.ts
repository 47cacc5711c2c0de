import type { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import type { FleetConfig } from "@compose-fleet/policy";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { resourceName, resourcePattern } from "../names.ts";

/** Who may speak through the topic. */
const SPEAKERS = ["cloudwatch.amazonaws.com", "events.amazonaws.com"];
/** The shortest time that KMS takes to delete a key, in days. */
const KEY_DELETION_DAYS = 7;

/** Position of the account in an ARN. */
const ARN_ACCOUNT = 4;
/** What somebody who may does with a key; whether they may is IAM's. */
const KEY_ACTIONS = [
  "kms:CreateAlias",
  "kms:Decrypt",
  "kms:DeleteAlias",
  "kms:DescribeKey",
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

/** Where alarms go: encrypted, spoken through by the fleet's alarms and the given rule alone, read by whom `notify.email` names. */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, config: FleetConfig, rule: CloudwatchEventRule) {
    super(scope, id);
    // A plan asks AWS nothing, not even whose account it is: a resource's own ARN says it.
    const account = Fn.element(Fn.split(":", rule.arn), ARN_ACCOUNT) as string;
    // A key of our own: alarms cannot use AWS's own key of SNS, and would fail without a word.
    const key = new KmsKey(this, "key", {
      description: `Alarms of the fleet ${config.name} (${config.environment})`,
      enableKeyRotation: true,
      deletionWindowInDays: KEY_DELETION_DAYS,
      policy: keyPolicy(account),
    });
    const alias = new KmsAlias(this, "alias", {
      name: `alias/${resourceName(config, "alarms")}`,
      targetKeyId: key.keyId,
    });
    const topic = new SnsTopic(this, "topic", { name: resourceName(config, "alarms"), kmsMasterKeyId: alias.name });
    this.arn = topic.arn;
    new SnsTopicPolicy(this, "speakers", {
      arn: topic.arn,
      policy: topicPolicy(config, account, topic.arn, [rule.arn]),
    });
    if (config.notify.email)
      new SnsTopicSubscription(this, "email", {
        topicArn: topic.arn,
        protocol: "email",
        endpoint: config.notify.email,
      });
  }
}

function topicPolicy(config: FleetConfig, account: string, topic: string, ruleArns: readonly string[]): string {
  const statement = (sid: string, service: string, sources: readonly string[]) => ({
    Sid: sid,
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sns:Publish",
    Resource: topic,
    Condition: { ArnLike: { "aws:SourceArn": sources } },
  });
  const alarms = `arn:aws:cloudwatch:${config.region}:${account}:alarm:${resourcePattern(config)}`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      statement("AlarmsOfTheFleet", "cloudwatch.amazonaws.com", [alarms]),
      statement("RulesOfTheFleet", "events.amazonaws.com", ruleArns),
    ],
  });
}

function keyPolicy(account: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        // Hands the decision to the account's IAM, as KMS asks for: it gives nobody anything by itself.
        Sid: "TheAccountDecides",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: KEY_ACTIONS,
        // In a key's policy the key itself.
        Resource: "*",
      },
      {
        Sid: "AlarmsAndRulesEncrypt",
        Effect: "Allow",
        Principal: { Service: SPEAKERS },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      },
    ],
  });
}
