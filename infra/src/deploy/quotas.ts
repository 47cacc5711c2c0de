import type { FleetConfig } from "@compose-fleet/fleet";
import { fleetTags } from "../account/names.ts";

/** Tags of a thing in the account, by key. */
export type Tags = Readonly<Record<string, string>>;

/** A machine that runs, or is about to. */
export interface RunningMachine {
  readonly type: string;
  readonly vcpus: number;
  readonly isSpot: boolean;
  readonly tags: Tags;
}

/** AWS's own numbers of the quotas that a fleet meets. */
export type Quota = "addresses" | "on-demand-vcpus" | "spot-vcpus";

/** What the account may have in the fleet's region, and has. Reads only; each rejects with AWS's error, also where the credentials may not ask. */
export interface AccountUse {
  quota(quota: Quota): Promise<number>;
  /** Every Elastic IP. */
  addresses(): Promise<readonly Tags[]>;
  machines(): Promise<readonly RunningMachine[]>;
  /** Processors of each of these types. */
  vcpus(types: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** What the comparison found: faults stop a deployment, notes are said. */
export interface QuotaReport {
  readonly faults: readonly string[];
  readonly notes: readonly string[];
}

/** Families whose processors count against the quotas of "Standard" instances. */
const STANDARD = new Set(["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"]);

const SENTENCES: Readonly<Record<Quota, { readonly name: string; readonly what: string }>> = {
  addresses: { name: "EC2-VPC Elastic IPs", what: "Elastic IPs" },
  "on-demand-vcpus": {
    name: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
    what: "vCPUs on demand",
  },
  "spot-vcpus": { name: "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", what: "Spot vCPUs" },
};

/** What a fleet needs of a quota: to be deployed at all, and when it is as large as its file lets it be. */
interface Need {
  readonly quota: Quota;
  readonly atFirst: number;
  readonly atMost: number;
  /** What others in the account use of it now. */
  readonly others: number;
}

/** Compares what the account may have with what the fleet file can need. Does not reject: what may not be read is a note. */
export async function compareQuotas(config: FleetConfig, account: AccountUse): Promise<QuotaReport> {
  const faults: string[] = [];
  const notes: string[] = [];
  const types = [...new Set([...config.workers.instanceTypes, config.monitoring.instanceType])];
  for (const type of types.filter((type) => !isStandard(type)))
    notes.push(`${type} has a quota of its own kind, which is not compared: look at it in Service Quotas.`);
  const needs = await Promise.all([
    unlessRefused(notes, "Elastic IPs", async () => [await addressNeed(config, account)]),
    unlessRefused(notes, "vCPUs", () => machineNeeds(config, account, types)),
  ]);
  for (const need of needs.flat()) {
    if (need.atMost === 0) continue;
    const { what } = SENTENCES[need.quota];
    const [limit] = await unlessRefused(notes, what, async () => [await account.quota(need.quota)]);
    if (limit === undefined || need.others + need.atMost <= limit) continue;
    const isFatal = need.others + need.atFirst > limit;
    (isFatal ? faults : notes).push(tooSmall(need, limit, config.region));
  }
  return { faults, notes };
}

async function addressNeed(config: FleetConfig, account: AccountUse): Promise<Need> {
  const { length } = config.network.zones;
  const addresses = await account.addresses();
  return { quota: "addresses", atFirst: length, atMost: length, others: addresses.filter(isOthers(config)).length };
}

async function machineNeeds(config: FleetConfig, account: AccountUse, types: readonly string[]): Promise<Need[]> {
  const [vcpus, machines] = await Promise.all([account.vcpus(types), account.machines()]);
  const of = (type = "") => (isStandard(type) ? (vcpus.get(type) ?? 0) : 0);
  const { min, max, instanceTypes, spot } = config.workers;
  const largest = Math.max(...instanceTypes.map(of));
  const monitoring = of(config.monitoring.instanceType);
  const others = (isSpot: boolean) =>
    machines
      .filter((machine) => machine.isSpot === isSpot && isStandard(machine.type) && isOthers(config)(machine.tags))
      .reduce((sum, machine) => sum + machine.vcpus, 0);
  const above = (workers: number) => Math.max(0, workers - spot.onDemandBase);
  // Each is rounded up, as either may get the odd worker.
  const onDemand = (workers: number) =>
    Math.min(workers, spot.onDemandBase) + Math.ceil(above(workers) * (1 - spot.spotShareAboveBase));
  const onSpot = (workers: number) => Math.ceil(above(workers) * spot.spotShareAboveBase);
  return [
    {
      quota: "on-demand-vcpus",
      atFirst: onDemand(min) * of(instanceTypes[0]) + monitoring,
      atMost: onDemand(max) * largest + monitoring,
      others: others(false),
    },
    {
      quota: "spot-vcpus",
      atFirst: onSpot(min) * of(instanceTypes[0]),
      atMost: onSpot(max) * largest,
      others: others(true),
    },
  ];
}

function tooSmall({ quota, atMost, others }: Need, limit: number, region: string): string {
  const { name, what } = SENTENCES[quota];
  const rest = others > 0 ? ` besides the ${others} that others in the account use` : "";
  return `The account may have ${limit} ${what} in ${region}, the fleet can need ${atMost}${rest}: ask for ${others + atMost} in Service Quotas ("${name}"), or make it smaller in the fleet file.`;
}

/** What was read; nothing, and a note, where AWS refused. */
async function unlessRefused<T>(
  notes: string[],
  what: string,
  read: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  try {
    return await read();
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    notes.push(`The quota of ${what} was not compared, as AWS did not say: ${words}`);
    return [];
  }
}

function isStandard(type: string): boolean {
  return STANDARD.has(/^[a-z]+/.exec(type)?.[0] ?? "");
}

function isOthers(config: FleetConfig): (tags: Tags) => boolean {
  return (tags) => Object.entries(fleetTags(config)).some(([key, value]) => tags[key] !== value);
}
