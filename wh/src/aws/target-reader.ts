import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Unread } from "@compose-fleet/policy";
import { describeAwsError } from "./aws-errors.ts";

/** What the load balancer says of the group's members; `undefined` where there is no target group to ask. */
export interface TargetReading {
  readonly reachedOf: (id: string) => boolean | "unknown" | undefined;
  readonly unread?: Unread;
}

/** Nobody knows whom the load balancer reaches. */
export function unknownTargets(problem: string): TargetReading {
  return {
    reachedOf: () => "unknown",
    unread: { what: "whether the load balancer reaches the workers", problem },
  };
}

/**
 * Says whom the load balancer sends traffic: who is healthy in each of these target groups (ARNs). With TLS there is one for each port.
 * Asked anew each time, since a worker leaves by it. Never throws: in doubt everybody is unknown.
 */
export function createTargetReader(
  client: Pick<ElasticLoadBalancingV2Client, "send">,
): (targetGroups: readonly string[]) => Promise<TargetReading> {
  return async (targetGroups) => {
    if (targetGroups.length === 0) return { reachedOf: () => undefined };
    try {
      const healthy = await Promise.all(targetGroups.map((arn) => healthyIn(client, arn)));
      return { reachedOf: (id) => healthy.every((ids) => ids.has(id)) };
    } catch (error) {
      return unknownTargets(describeAwsError(error));
    }
  };
}

/** Ids of the targets that one target group calls healthy. An instance registered by several ports counts only where all of them are. */
async function healthyIn(
  client: Pick<ElasticLoadBalancingV2Client, "send">,
  TargetGroupArn: string,
): Promise<ReadonlySet<string>> {
  const { TargetHealthDescriptions } = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  if (TargetHealthDescriptions === undefined) throw new Error("AWS names no targets");
  const isHealthy = (each: (typeof TargetHealthDescriptions)[number]) => each.TargetHealth?.State === "healthy";
  const idsOf = (wanted: boolean) =>
    TargetHealthDescriptions.filter((each) => isHealthy(each) === wanted).flatMap(({ Target }) => Target?.Id ?? []);
  const failing = new Set(idsOf(false));
  return new Set(idsOf(true).filter((id) => !failing.has(id)));
}
