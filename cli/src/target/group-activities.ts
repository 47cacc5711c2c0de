import { type AutoScalingClient, DescribeScalingActivitiesCommand } from "@aws-sdk/client-auto-scaling";

/** Something that the group did. */
export interface Activity {
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** In AWS's words. */
  readonly description: string;
  readonly cause: string;
  readonly status: string;
  /** Ids that it names. */
  readonly workers: readonly string[];
}

/** What a group did in the last six weeks, newest first, the last 500. Throws AWS's errors. */
export async function groupActivities(
  client: Pick<AutoScalingClient, "send">,
  group: string,
): Promise<readonly Activity[]> {
  const found: Activity[] = [];
  let next: string | undefined;
  do {
    const page = await client.send(
      new DescribeScalingActivitiesCommand({
        AutoScalingGroupName: group,
        IncludeDeletedGroups: false,
        MaxRecords: 100,
        NextToken: next,
      }),
    );
    for (const { StartTime, Description = "", Cause = "", StatusMessage, StatusCode = "" } of page.Activities ?? [])
      found.push({
        atMs: StartTime?.getTime() ?? 0,
        description: Description,
        cause: [Cause, StatusMessage ?? ""].filter((text) => text !== "").join(" "),
        status: StatusCode,
        workers: [...new Set(`${Description} ${Cause}`.match(/\bi-[0-9a-f]{8,17}\b/g) ?? [])],
      });
    next = page.NextToken;
  } while (next !== undefined && found.length < 500);
  return found;
}
