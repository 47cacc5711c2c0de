import { CloudwatchCompositeAlarm } from "@cdktf/provider-aws/lib/cloudwatch-composite-alarm/index.js";
import type { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { FLEET_METRICS, type FleetConfig, fleetNames, metricNamespace, SERVER_ERROR_LIMIT } from "@compose-fleet/fleet";
import { Construct } from "constructs";
import { resourceName } from "../account/names.ts";
import { AlarmTopic } from "./alarm-topic.ts";

export interface AlarmsProps {
  readonly config: FleetConfig;
  /** `arn_suffix` of the load balancer and of its target group. */
  readonly loadBalancer: string;
  readonly targetGroup: string;
  readonly monitoringInstanceId: string;
  readonly launchFailure: CloudwatchEventRule;
  /** Takes events that could not be delivered. */
  readonly deadLetters: { readonly name: string; readonly arn: string };
}

/** Seconds of a period of CloudWatch's standard metrics. */
const MINUTE = 60;
/** Health checks and a look at the drain take a while beyond the drain's own deadline. */
const DRAIN_MARGIN_SECONDS = 300;

/*
 * What is wrong where nothing is said (a dead instance sends no metric) would be told from the stack's creation on, so it is asked
 * together with a latch:
 *
 *   no data ──first heartbeat──► in-service is OK, for ever          NAME is in alarm while NAME-seen is and in-service is OK
 */

/** What AWS itself tells people, also when the fleet's own machines are silent. Each tells when it begins and when it ends. */
export class Alarms extends Construct {
  readonly topic: AlarmTopic;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { config } = props;
    const { group } = fleetNames(config);
    const { launchFailure, deadLetters } = props;
    this.topic = new AlarmTopic(this, "topic", config, launchFailure);
    new CloudwatchEventTarget(this, "launch-failure-target", {
      rule: launchFailure.name,
      arn: this.topic.arn,
      deadLetterConfig: { arn: deadLetters.arn },
    });
    const inService = this.latch(config);
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
    this.onceInService(config, inService, "nobody-serves", {
      alarmDescription: "The load balancer finds no healthy worker.",
      namespace: "AWS/NetworkELB",
      metricName: "HealthyHostCount",
      dimensions: targets,
      ...below(1, { minutes: 2, statistic: "Maximum" }),
    });
    const drainMinutes = Math.ceil((config.scaling.drain.deadlineSeconds + DRAIN_MARGIN_SECONDS) / MINUTE);
    this.alarm(config, "unhealthy-worker", {
      alarmDescription: `A worker has been unhealthy for ${drainMinutes} minutes, longer than a drain takes.`,
      namespace: "AWS/NetworkELB",
      metricName: "UnHealthyHostCount",
      dimensions: targets,
      ...atLeast(1, { minutes: drainMinutes, statistic: "Minimum" }),
    });
    this.onceInService(config, inService, "monitoring-down", {
      alarmDescription:
        "The monitoring instance fails its status checks, or is gone. AWS recovers it; nothing scales meanwhile.",
      namespace: "AWS/EC2",
      metricName: "StatusCheckFailed",
      dimensions: { InstanceId: props.monitoringInstanceId },
      ...atLeast(1, { minutes: 3, statistic: "Maximum" }),
    });
    this.onceInService(config, inService, "no-scaler", {
      alarmDescription: "No scaler has led for 3 minutes: look at wh and wh-standby on the monitoring instance.",
      namespace: metricNamespace(config),
      metricName: FLEET_METRICS.heartbeat,
      ...below(1, { minutes: 3, statistic: "Maximum" }),
    });
    this.alarm(config, "server-errors", {
      alarmDescription: `More than ${SERVER_ERROR_LIMIT * 100} % of the requests end with 5xx.`,
      namespace: metricNamespace(config),
      metricName: FLEET_METRICS.serverErrors,
      ...atLeast(SERVER_ERROR_LIMIT, { minutes: 2, statistic: "Average" }),
      comparisonOperator: "GreaterThanThreshold",
    });
    this.alarm(config, "dead-letters", {
      alarmDescription: "An event of the fleet could not be delivered or read: it is in the queue of dead letters.",
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: deadLetters.name },
      ...atLeast(1, { minutes: 5, statistic: "Maximum" }),
    });
  }

  private alarm(config: FleetConfig, kind: string, what: AlarmProps): CloudwatchMetricAlarm {
    return new CloudwatchMetricAlarm(this, kind, {
      // Load balancing and queues send nothing where nothing happens.
      treatMissingData: "notBreaching",
      ...what,
      alarmName: resourceName(config, kind),
      ...this.tell(),
    });
  }

  /** Tells of silence, too, which before the first release is no fault but all there is. */
  private onceInService(config: FleetConfig, inService: CloudwatchMetricAlarm, kind: string, what: AlarmProps): void {
    const silence = new CloudwatchMetricAlarm(this, `${kind}-seen`, {
      ...what,
      treatMissingData: "breaching",
      alarmName: resourceName(config, `${kind}-seen`),
    });
    new CloudwatchCompositeAlarm(this, kind, {
      alarmName: resourceName(config, kind),
      alarmDescription: what.alarmDescription ?? "",
      alarmRule: `ALARM("${silence.alarmName}") AND OK("${inService.alarmName}")`,
      ...this.tell(),
    });
  }

  /**
   * OK from the first minute in which a scaler led, and for ever: the metric is 1 or missing, and what is missing changes nothing.
   * Until then it has no data.
   */
  private latch(config: FleetConfig): CloudwatchMetricAlarm {
    return new CloudwatchMetricAlarm(this, "in-service", {
      alarmName: resourceName(config, "in-service"),
      alarmDescription: "No fault: OK since the first release. Before it nobody is told that nothing runs.",
      namespace: metricNamespace(config),
      metricName: FLEET_METRICS.heartbeat,
      ...below(1, { minutes: 1, statistic: "Maximum" }),
      treatMissingData: "ignore",
    });
  }

  private tell() {
    return { alarmActions: [this.topic.arn], okActions: [this.topic.arn] };
  }
}

type AlarmProps = Omit<CloudwatchMetricAlarmConfig, "alarmName" | "alarmActions" | "okActions">;

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
