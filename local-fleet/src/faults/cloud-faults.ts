import type { Deployments, Disturbances, WorkerGroup } from "@compose-fleet/emulator";
import type { FaultName } from "./catalogue.ts";
import type { Fault } from "./fault.ts";

const SSM_SLOW_MS = 5_000;
/** The alarm that somebody has put on the workers' deployment group. */
const ALARM = "put-on-by-hand";

export interface CloudFaultsDeps {
  readonly disturbances: Disturbances;
  /** Turns an optional instance id into one that exists. */
  readonly pickWorker: (worker: string | undefined) => Promise<string>;
  readonly workers: Pick<WorkerGroup, "group" | "setDesired">;
  readonly deployments: Pick<Deployments, "group" | "updateGroup">;
}

/** Faults of AWS itself: switches of the emulator. */
export function cloudFaults({ disturbances, pickWorker, workers, deployments }: CloudFaultsDeps): readonly Fault[] {
  /** Both kinds of fault may be in force at once: the last one that ends takes the alarm off. */
  let holders = 0;
  let before = deployments.group().alarms;
  const putAlarmOn = () => {
    if (holders === 0) before = deployments.group().alarms;
    holders += 1;
    deployments.updateGroup({ alarms: { enabled: true, ignorePollAlarmFailure: false, alarms: [ALARM] } });
  };
  const takeAlarmOff = () => {
    holders -= 1;
    if (holders === 0) deployments.updateGroup({ alarms: before });
  };
  const wantMore = (count: number) => {
    const { desired, max } = workers.group();
    workers.setDesired(Math.min(max, desired + count));
  };
  const aws = (name: FaultName, description: string, begin: () => void, undo: () => void): Fault => ({
    name,
    description,
    worker: "none",
    target: async () => "aws",
    begin: async () => {
      begin();
      return async () => undo();
    },
  });
  return [
    aws(
      "ssm-slow",
      "every SSM command begins 5 s later",
      () => {
        disturbances.ssmDelayMs = SSM_SLOW_MS;
      },
      () => {
        disturbances.ssmDelayMs = 0;
      },
    ),
    {
      name: "ssm-failing",
      description: "every SSM command on one worker fails",
      worker: "needed",
      target: pickWorker,
      begin: async (worker) => {
        disturbances.ssmFailing.add(worker);
        return async () => void disturbances.ssmFailing.delete(worker);
      },
    },
    aws(
      "aws-throttled",
      "every second AWS call is refused as too many",
      () => {
        disturbances.throttled = true;
      },
      () => {
        disturbances.throttled = false;
      },
    ),
    aws(
      "dynamodb-down",
      "DynamoDB closes every connection without an answer",
      () => {
        disturbances.dynamodbDown = true;
      },
      () => {
        disturbances.dynamodbDown = false;
      },
    ),
    aws(
      "launch-failing",
      "EC2 has no capacity: every launch fails",
      () => {
        disturbances.launchesFail = true;
      },
      () => {
        disturbances.launchesFail = false;
      },
    ),
    aws(
      "spot-out",
      "EC2 has no Spot machine of any type: every launch of one fails",
      () => {
        disturbances.spotIsOut = true;
      },
      () => {
        disturbances.spotIsOut = false;
      },
    ),
    aws(
      "group-cannot-be-filled",
      "somebody wants two workers more, and EC2 has no capacity: every launch fails",
      () => {
        disturbances.launchesFail = true;
        wantMore(2);
      },
      () => {
        disturbances.launchesFail = false;
      },
    ),
    aws(
      "launches-abandoned",
      "somebody wants a worker more, and every launch ends with its hook abandoned",
      () => {
        disturbances.launchesAbandoned = true;
        wantMore(1);
      },
      () => {
        disturbances.launchesAbandoned = false;
      },
    ),
    aws(
      "activities-throttled",
      "DescribeScalingActivities is refused, the rest of AWS answers",
      () => void disturbances.refusedActions.set("DescribeScalingActivities", "throttled"),
      () => void disturbances.refusedActions.delete("DescribeScalingActivities"),
    ),
    aws(
      "alarm-on-deployments",
      "somebody has put an alarm on the workers' deployment group, and it is active: CodeDeploy stops every deployment",
      () => {
        putAlarmOn();
        disturbances.alarmStates.set(ALARM, "ALARM");
      },
      () => {
        disturbances.alarmStates.set(ALARM, "OK");
        takeAlarmOff();
      },
    ),
    aws(
      "alarms-unreadable",
      "the deployment group has an alarm, and CodeDeploy may not ask CloudWatch how it is: it stops every deployment",
      () => {
        putAlarmOn();
        disturbances.alarmsUnreadable = true;
      },
      () => {
        disturbances.alarmsUnreadable = false;
        takeAlarmOff();
      },
    ),
  ];
}
