import type { Disturbances } from "./disturbances.ts";
import type { Fault, FaultName } from "./fault.ts";

const SSM_SLOW_MS = 5_000;

/** Faults of AWS itself: switches of the emulator. `pickWorker` turns an optional instance id into one that exists. */
export function cloudFaults(
  disturbances: Disturbances,
  pickWorker: (worker: string | undefined) => Promise<string>,
): readonly Fault[] {
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
  ];
}
