import { type Activity, type AutoScalingClient, DescribeScalingActivitiesCommand } from "@aws-sdk/client-auto-scaling";
import type { Unread } from "@compose-fleet/policy";
import type { Clock } from "../runtime/clock.ts";
import { type LaunchHistory, readLaunches } from "./activities.ts";
import { askAgainAfter } from "./ask-again.ts";
import { describeAwsError } from "./aws-errors.ts";
import { createTimeLine } from "./time-line.ts";

const ACTIVITIES = 100;

/** The launches, their times on the monotonic clock; and why they are those of an earlier look, or none. */
export interface LaunchReading {
  readonly history: LaunchHistory;
  readonly unread?: Unread;
}

export interface LaunchReader {
  /** Asks the group for its activities. Never throws: what was known holds on, and failures in it are forgotten as they age. */
  read(): Promise<LaunchReading>;
  /** What is known without asking, because of `problem`. */
  known(problem: string): LaunchReading;
}

/** Reads launches from the activities of the group. */
export function createLaunchReader(deps: {
  readonly client: Pick<AutoScalingClient, "send">;
  readonly clock: Clock;
  readonly groupName: string;
}): LaunchReader {
  const { client, clock, groupName } = deps;
  const timeLine = createTimeLine(clock);
  let activities: readonly Activity[] = [];

  const history = () => readLaunches(activities, clock.monotonicMs());
  const known = (problem: string): LaunchReading => ({
    history: history(),
    unread: { what: "whether launches fail", problem },
  });
  const read = async (): Promise<LaunchReading> => {
    try {
      const { Activities = [] } = await client.send(
        new DescribeScalingActivitiesCommand({ AutoScalingGroupName: groupName, MaxRecords: ACTIVITIES }),
      );
      activities = onTimeLine(Activities);
      return { history: history() };
    } catch (error) {
      return known(describeAwsError(error));
    }
  };
  const onTimeLine = (found: readonly Activity[]): Activity[] => {
    const times = found.flatMap(({ ActivityId, StartTime, EndTime }): [string, number][] => [
      ...(StartTime ? [[`${ActivityId}/start`, StartTime.getTime()] as [string, number]] : []),
      ...(EndTime ? [[`${ActivityId}/end`, EndTime.getTime()] as [string, number]] : []),
    ]);
    const placed = timeLine.place(new Map(times));
    const timeOf = (key: string) => {
      const atMs = placed.get(key);
      return atMs === undefined ? undefined : new Date(atMs);
    };
    return found.map((activity) => ({
      ...activity,
      StartTime: timeOf(`${activity.ActivityId}/start`),
      EndTime: timeOf(`${activity.ActivityId}/end`),
    }));
  };
  // Each look asks; one that is still under way is waited for, not repeated.
  return { read: askAgainAfter(0, clock, read), known };
}
