import type { LifecycleState } from "@aws-sdk/client-auto-scaling";
import type { AlarmState, ReadAlarmStates } from "../releases/alarms.ts";

/** What faults change about the emulated AWS; each part reads its own switch at every call. */
export interface Disturbances {
  /** Added to the delivery of every command, milliseconds. */
  ssmDelayMs: number;
  /** Instances on which every command fails. */
  readonly ssmFailing: Set<string>;
  /** Every second API call is refused. */
  throttled: boolean;
  /** Actions of which every call is refused, by their names in the API, such as DescribeScalingActivities. S3 and DynamoDB have none. */
  readonly refusedActions: Map<string, "throttled" | "denied">;
  /** DynamoDB's connections are closed without an answer. */
  dynamodbDown: boolean;
  /** Every launch fails for lack of capacity. */
  launchesFail: boolean;
  /** EC2 has no Spot machine of any type; on demand there are some. */
  spotIsOut: boolean;
  /** The user data of every new worker fails: its launching hook is answered with ABANDON. */
  launchesAbandoned: boolean;
  /** What Auto Scaling says of an instance instead of its state, by instance id: states that the group's model does not have. */
  readonly lifecycleStates: Map<string, LifecycleState>;
  /** The CloudWatch alarms there are, by name. */
  readonly alarmStates: Map<string, AlarmState>;
  /** CodeDeploy cannot ask CloudWatch how alarms are. */
  alarmsUnreadable: boolean;
}

/** Nothing is disturbed. */
export function noDisturbances(): Disturbances {
  return {
    ssmDelayMs: 0,
    ssmFailing: new Set(),
    throttled: false,
    refusedActions: new Map(),
    dynamodbDown: false,
    launchesFail: false,
    spotIsOut: false,
    launchesAbandoned: false,
    lifecycleStates: new Map(),
    alarmStates: new Map(),
    alarmsUnreadable: false,
  };
}

/** What CodeDeploy hears from CloudWatch. */
export function readAlarmStates(disturbances: Pick<Disturbances, "alarmStates" | "alarmsUnreadable">): ReadAlarmStates {
  return () => (disturbances.alarmsUnreadable ? undefined : disturbances.alarmStates);
}
