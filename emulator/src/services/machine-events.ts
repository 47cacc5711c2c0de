import { randomUUID } from "node:crypto";
import { ACCOUNT } from "./sts.ts";

const TYPES = {
  interruption: "EC2 Spot Instance Interruption Warning",
  rebalance: "EC2 Instance Rebalance Recommendation",
} as const;

/** What EventBridge says of a Spot instance, as a message's text. `atMs`: epoch milliseconds. */
export function machineEvent(
  kind: keyof typeof TYPES,
  { instanceId, region, atMs }: { readonly instanceId: string; readonly region: string; readonly atMs: number },
): string {
  return JSON.stringify({
    version: "0",
    id: randomUUID(),
    "detail-type": TYPES[kind],
    source: "aws.ec2",
    account: ACCOUNT,
    time: new Date(atMs).toISOString().replace(/\.\d+Z$/, "Z"),
    region,
    resources: [`arn:aws:ec2:${region}:${ACCOUNT}:instance/${instanceId}`],
    detail: { "instance-id": instanceId, ...(kind === "interruption" && { "instance-action": "terminate" }) },
  });
}
