import type { WorkerGroup } from "../cloud/worker-group.ts";
import type { Disturbances } from "./disturbances.ts";
import type { Fault, FaultName } from "./fault.ts";

const SSM_SLOW_MS = 5_000;

export interface CloudFaultsDeps {
  readonly disturbances: Disturbances;
  /** Turns an optional instance id into one that exists. */
  readonly pickWorker: (worker: string | undefined) => Promise<string>;
  readonly workers: Pick<WorkerGroup, "group" | "setDesired">;
}

/** Faults of AWS itself: switches of the emulator. */
export function cloudFaults({ disturbances, pickWorker, workers }: CloudFaultsDeps): readonly Fault[] {
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
  ];
}
