import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { type FleetConfig, fleetNames } from "@compose-fleet/policy";
import { Construct } from "constructs";
import { FLEET_METRICS, metricNamespace } from "../metrics.ts";
import { resourceName } from "../names.ts";
import { AlarmTopic } from "./alarm-topic.ts";

export interface AlarmsProps {
  readonly config: FleetConfig;
  /** `arn_suffix` of the load balancer and of its target group. */
  readonly loadBalancer: string;
  readonly targetGroup: string;
  readonly monitoringInstanceId: string;
  readonly deadLetterQueueName: string;
}

/** Seconds of a period of CloudWatch's standard metrics. */
const MINUTE = 60;
/** Share of requests that end with 5xx above which a release goes back. */
const SERVER_ERROR_SHARE = 0.05;
/** Health checks and a look at the drain take a while beyond the drain's own deadline. */
const DRAIN_MARGIN_SECONDS = 300;

/** What AWS itself tells people, also when the fleet's own machines are silent. Each tells when it begins and when it ends. */
export class Alarms extends Construct {
  readonly topic: AlarmTopic;
  /** Alarm at which a deployment to the workers stops and goes back. */
  readonly serverErrors: CloudwatchMetricAlarm;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { config } = props;
    const { group } = fleetNames(config);
    const launchFailure = this.launchFailure(config, group);
    this.topic = new AlarmTopic(this, "topic", config, launchFailure);
    new CloudwatchEventTarget(this, "launch-failure-target", { rule: launchFailure.name, arn: this.topic.arn });
    const targets = { LoadBalancer: props.loadBalancer, TargetGroup: props.targetGroup };

    // A group that may have one size only is always at its maximum.
    if (config.workers.min < config.workers.max)
      this.alarm(config, "at-max", {
        alarmDescription: `The group has been at its maximum of ${config.workers.max} workers for 10 minutes: raise workers.max, or look what takes the load.`,
        namespace: "AWS/AutoScaling",
        metricName: "GroupInServiceInstances",
        dimensions: { AutoScalingGroupName: group },
        ...atLeast(config.workers.max, { minutes: 10, statistic: "Minimum" }),
      });
    this.alarm(config, "nobody-serves", {
      alarmDescription: "The load balancer finds no healthy worker.",
      namespace: "AWS/NetworkELB",
      metricName: "HealthyHostCount",
      dimensions: targets,
      ...below(1, { minutes: 2, statistic: "Maximum" }),
      treatMissingData: "breaching",
    });
    const drainMinutes = Math.ceil((config.scaling.drain.deadlineSeconds + DRAIN_MARGIN_SECONDS) / MINUTE);
    this.alarm(config, "unhealthy-worker", {
      alarmDescription: `A worker has been unhealthy for ${drainMinutes} minutes, longer than a drain takes.`,
      namespace: "AWS/NetworkELB",
      metricName: "UnHealthyHostCount",
      dimensions: targets,
      ...atLeast(1, { minutes: drainMinutes, statistic: "Minimum" }),
    });
    this.alarm(config, "monitoring-down", {
      alarmDescription:
        "The monitoring instance fails its status checks, or is gone. AWS recovers it; nothing scales meanwhile.",
      namespace: "AWS/EC2",
      metricName: "StatusCheckFailed",
      dimensions: { InstanceId: props.monitoringInstanceId },
      ...atLeast(1, { minutes: 3, statistic: "Maximum" }),
      treatMissingData: "breaching",
    });
    this.alarm(config, "no-scaler", {
      alarmDescription: "No scaler has led for 3 minutes: look at wh and wh-standby on the monitoring instance.",
      namespace: metricNamespace(config),
      metricName: FLEET_METRICS.heartbeat,
      ...below(1, { minutes: 3, statistic: "Maximum" }),
      treatMissingData: "breaching",
    });
    this.serverErrors = this.alarm(config, "server-errors", {
      alarmDescription: `More than ${SERVER_ERROR_SHARE * 100} % of the requests end with 5xx; a release that runs goes back.`,
      namespace: metricNamespace(config),
      metricName: FLEET_METRICS.serverErrors,
      ...atLeast(SERVER_ERROR_SHARE, { minutes: 2, statistic: "Average" }),
      comparisonOperator: "GreaterThanThreshold",
    });
    this.alarm(config, "dead-letters", {
      alarmDescription: "An event of the fleet could not be delivered or read: it is in the queue of dead letters.",
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: props.deadLetterQueueName },
      ...atLeast(1, { minutes: 5, statistic: "Maximum" }),
    });
  }

  private alarm(
    config: FleetConfig,
    kind: string,
    what: Omit<CloudwatchMetricAlarmConfig, "alarmName" | "alarmActions" | "okActions">,
  ): CloudwatchMetricAlarm {
    return new CloudwatchMetricAlarm(this, kind, {
      // Load balancing and queues send nothing where nothing happens.
      treatMissingData: "notBreaching",
      ...what,
      alarmName: resourceName(config, kind),
      alarmActions: [this.topic.arn],
      okActions: [this.topic.arn],
    });
  }

  private launchFailure(config: FleetConfig, group: string): CloudwatchEventRule {
    return new CloudwatchEventRule(this, "launch-failure", {
      name: resourceName(config, "launch-failure"),
      description: "The group could not launch a worker: the event says why",
      eventPattern: JSON.stringify({
        source: ["aws.autoscaling"],
        "detail-type": ["EC2 Instance Launch Unsuccessful"],
        detail: { AutoScalingGroupName: [group] },
      }),
    });
  }
}

interface Judgement {
  readonly minutes: number;
  readonly statistic: string;
}

function atLeast(threshold: number, { minutes, statistic }: Judgement) {
  return { comparisonOperator: "GreaterThanOrEqualToThreshold", threshold, ...during(minutes, statistic) };
}

function below(threshold: number, { minutes, statistic }: Judgement) {
  return { comparisonOperator: "LessThanThreshold", threshold, ...during(minutes, statistic) };
}

/** Every minute of the last so many. */
function during(minutes: number, statistic: string) {
  return { period: MINUTE, evaluationPeriods: minutes, statistic };
}
