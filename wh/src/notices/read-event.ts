import type { Notice } from "@compose-fleet/policy";
import { z } from "zod";
import type { Home } from "./ports.ts";

/** What an event says of a machine. */
export interface MachineNotice {
  readonly instance: string;
  readonly kind: Notice["kind"];
  /** When AWS said it, by AWS's clock. Epoch milliseconds. */
  readonly saidAtMs: number;
}

/** Why an event is skipped: of no concern here, from another account or region, or not to be understood. */
export type Skipped = "other" | "foreign" | "malformed";

const KINDS: Readonly<Record<string, Notice["kind"]>> = {
  "EC2 Spot Instance Interruption Warning": "interruption",
  "EC2 Instance Rebalance Recommendation": "rebalance",
};

const eventSchema = z.object({
  source: z.string(),
  "detail-type": z.string(),
  account: z.string(),
  region: z.string(),
  time: z.iso.datetime({ offset: true }),
  detail: z.unknown(),
});
const detailSchema = z.object({ "instance-id": z.string().regex(/^i-[0-9a-f]{8,17}$/) });

/** Reads one event of EventBridge. Never throws, whatever the text is. */
export function readEvent(body: string, home: Home): MachineNotice | Skipped {
  const event = eventSchema.safeParse(parsed(body));
  if (!event.success) return "malformed";
  const { account, region, source, time, detail, "detail-type": type } = event.data;
  if (account !== home.account || region !== home.region) return "foreign";
  const kind = source === "aws.ec2" && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (kind === undefined) return "other";
  const machine = detailSchema.safeParse(detail);
  if (!machine.success) return "malformed";
  return { instance: machine.data["instance-id"], kind, saidAtMs: Date.parse(time) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
