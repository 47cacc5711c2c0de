import { listPrice, USUAL_SPOT_SHARE } from "@compose-fleet/cost";
import { type FleetConfig, parseFleetConfig } from "@compose-fleet/fleet";
import { z } from "zod";
import { type PlantOptions, plantDefaults } from "./plant/plant-options.ts";
import type { OfferedOptions } from "./trace/offered.ts";

/** A t3.small, on demand. */
const DEFAULT_PRICE = listPrice("eu-central-1", "t3.small") ?? 0;

/** What a run can be told beside a fleet file, by its key in `--set`. */
const knobsSchema = z.strictObject({
  plant: z
    .strictObject({
      tickSeconds: z.number().positive().max(60).default(5),
      bootSeconds: z.number().min(0).max(3600).default(plantDefaults.bootSeconds),
      replicaStartSeconds: z.number().min(0).max(600).default(plantDefaults.replicaStartSeconds),
      endSeconds: z.number().min(0).max(3600).default(plantDefaults.endSeconds),
      metricDelaySeconds: z.number().min(0).max(120).default(plantDefaults.metricDelaySeconds),
      cloudWatchDelaySeconds: z.number().min(0).max(240).default(plantDefaults.cloudWatchDelaySeconds),
      bootSpread: z.number().min(0).max(2).default(plantDefaults.bootSpread),
      launchFailureShare: z.number().min(0).max(1).default(plantDefaults.launchFailureShare),
      spotInterruptionsPerDay: z.number().min(0).max(1000).default(plantDefaults.spotInterruptionsPerDay),
      workerLossesPerDay: z.number().min(0).max(1000).default(plantDefaults.workerLossesPerDay),
      metricGapsPerDay: z.number().min(0).max(1000).default(plantDefaults.metricGapsPerDay),
      metricGapSeconds: z.number().positive().max(86_400).default(plantDefaults.metricGapSeconds),
      capacityShare: z.number().positive().max(10).default(1),
      seed: z.int().default(plantDefaults.seed),
    })
    .prefault({}),
  traffic: z
    .strictObject({
      peak: z.union([z.number().positive(), z.literal("as-is")]).default(2700),
      clip: z.number().positive().default(4000),
      share: z.number().positive().max(100).default(1),
      noiseShare: z.number().min(0).max(1).default(0.05),
      noiseSeconds: z.number().positive().default(60),
    })
    .prefault({}),
  price: z
    .strictObject({
      /** That of the default fleet. */
      onDemandPerHour: z.number().min(0).default(DEFAULT_PRICE),
      spotPerHour: z
        .number()
        .min(0)
        .default(DEFAULT_PRICE * USUAL_SPOT_SHARE),
    })
    .prefault({}),
});

export type Knobs = z.output<typeof knobsSchema>;

/** Everything a run needs beside the trace and the names of policies. */
export interface Settings {
  readonly config: FleetConfig;
  readonly knobs: Knobs;
}

/** What was asked for and cannot be: each fault with its key. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** The fleet that is simulated where no file is given: one service of 71.43 req/s a replica, everything else as production's defaults. */
const OWN_FLEET = {
  name: "simulated",
  services: { web: { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 71.43 } } },
};

/**
 * The settings of a run: a fleet file's document (default: a fleet of its own) and `KEY=VALUE` pairs laid over it. Keys of `plant`, `traffic`
 * and `price` are the simulator's, all others are paths of fleet.yaml. Throws `SettingsError` that names every fault.
 */
export function settingsOf(
  pairs: readonly string[],
  document: Readonly<Record<string, unknown>> = OWN_FLEET,
  service?: string,
): Settings {
  const ofFleet = structuredClone(oneService(document, service));
  const ofRun: Record<string, unknown> = {};
  for (const pair of pairs) {
    const [, key, value] = /^([A-Za-z][\w-]*(?:\.[\w-]+)+)=(.*)$/.exec(pair) ?? [];
    if (key === undefined || value === undefined)
      throw new SettingsError(`got "${pair}": write KEY=VALUE, such as scaling.headroom=0.8 or plant.bootSeconds=240`);
    const path = key.split(".");
    if (path.some((part) => part in Object.prototype)) throw new SettingsError(`there is no key ${key}`);
    put(path[0] !== undefined && path[0] in knobsSchema.shape ? ofRun : ofFleet, path, scalarOf(value));
  }
  const knobs = knobsSchema.safeParse(ofRun, { reportInput: true });
  const fleet = parseFleetConfig(ofFleet);
  const faults = [
    ...(fleet.ok ? [] : fleet.faults.map(({ path, message }) => `${path}: ${message}`)),
    ...(knobs.success ? [] : knobs.error.issues.map(faultOf)),
  ];
  if (!fleet.ok || !knobs.success) throw new SettingsError(faults.join("\n"));
  for (const [name, { capacity }] of Object.entries(fleet.config.services))
    if (capacity === undefined)
      throw new SettingsError(
        `services.${name}.capacity: missing: a simulated replica sustains what is written there, write it or --set services.${name}.capacity.requestsPerSecond=N`,
      );
  return { config: fleet.config, knobs: knobs.data };
}

/** The machines that these settings mean. */
export function plantOf({ config, knobs: { plant } }: Settings): PlantOptions {
  const [service] = Object.values(config.services);
  if (service?.capacity === undefined)
    throw new RangeError("a simulated fleet has a service whose capacity is written");
  return {
    ...plant,
    replicaRequestsPerSecond: service.capacity.requestsPerSecond * plant.capacityShare,
    replicasPerWorker: service.replicas.max,
    minWorkers: config.workers.min,
    maxWorkers: config.workers.max,
  };
}

/** The traffic that these settings make of a trace. */
export function offeredOptionsOf(
  { knobs: { plant, traffic } }: Settings,
  interpolation: OfferedOptions["interpolation"],
): OfferedOptions {
  return {
    tickSeconds: plant.tickSeconds,
    interpolation,
    peakRequestsPerSecond: traffic.peak,
    clipRequestsPerSecond: traffic.clip,
    share: traffic.share,
    noiseShare: traffic.noiseShare,
    noiseSeconds: traffic.noiseSeconds,
    seed: plant.seed,
  };
}

/** A trace is the traffic of one service. */
function oneService(document: Readonly<Record<string, unknown>>, wanted: string | undefined) {
  const { services } = document;
  if (!isRecord(services)) return { ...document };
  const names = Object.keys(services);
  const name = wanted ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined || !(name in services))
    throw new SettingsError(
      `${wanted === undefined ? "the fleet has several services" : `there is no service ${wanted}`}: name one of ${names.join(", ")} with --service`,
    );
  return { ...document, services: { [name]: services[name] } };
}

function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let within = target;
  for (const part of path.slice(0, -1)) {
    const next = within[part];
    const made = isRecord(next) ? next : {};
    within[part] = made;
    within = made;
  }
  within[path.at(-1) ?? ""] = value;
}

/** A number, true or false, else text. */
function scalarOf(text: string): unknown {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  return text === "true" ? true : text === "false" ? false : text;
}

function faultOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const group = knobsSchema.shape[issue.path[0] as keyof typeof knobsSchema.shape];
    const known = Object.keys(group.unwrap().shape).join(", ");
    return `${path}.${issue.keys.join(", ")}: there is no such key: the keys of ${path} are ${known}`;
  }
  return `${path}: ${issue.message} (got ${JSON.stringify(issue.input)})`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
