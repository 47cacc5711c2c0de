import { z } from "zod";
import { budgetSchema, deploySchema, dnsSchema, tlsSchema } from "./cloud.ts";
import { architectureOf, instanceTypeSchema } from "./instance-type.ts";
import { jobProblems, jobsSchema } from "./jobs.ts";
import { localSchema } from "./local.ts";
import { machineRoom } from "./network.ts";
import { notifierSettings } from "./notifiers.ts";
import { cidrSchema, nameSchema, shareSchema } from "./primitives.ts";
import { reachesSchema } from "./reaches.ts";
import { releasesSchema } from "./releases.ts";
import { routeProblems } from "./routes.ts";
import { scalingSchema } from "./scaling.ts";
import { scheduleProblems, scheduleSchema } from "./schedules.ts";
import { serviceSchema } from "./service.ts";

/** Names that are not free for a service: compose services of stack-worker and labels of the access log. */
export const RESERVED_SERVICE_NAMES: readonly string[] = [
  "nginx",
  "mtail",
  "agent",
  "node-exporter",
  "nginx-exporter",
  "container-metrics",
  "internal",
  "none",
];

const workersSchema = z
  .strictObject({
    min: z.int().min(1).max(100).default(1),
    max: z.int().min(1).max(100).default(6),
    instanceTypes: z
      .array(instanceTypeSchema)
      .min(1)
      .default(["t3.small"])
      .describe("Types the group may launch, the preferred first. All of one processor architecture."),
    image: z
      .enum(["ubuntu", "baked"])
      .default("ubuntu")
      .describe(
        "What workers start from: the newest Ubuntu, on which everything is installed at each boot, or the image that fleet image has made last.",
      ),
    spot: z
      .strictObject({
        onDemandBase: z
          .int()
          .min(0)
          .max(100)
          .default(1)
          .describe("This many workers are on demand, whatever the share."),
        spotShareAboveBase: z
          .number()
          .min(0)
          .max(1)
          .default(0)
          .describe("Share of the workers above it that are Spot."),
      })
      .prefault({})
      .describe("On demand or Spot."),
    target: z
      .strictObject({ cpu: shareSchema.default(0.6).describe("CPU share of the workers to size the group for.") })
      .prefault({}),
    reaches: reachesSchema.describe(
      "What the workers' security group opens beside ports 80 and 443: databases, caches, queues of one's own. For every service of a worker.",
    ),
  })
  .refine((workers) => workers.min <= workers.max, { path: ["min"], message: "write at most max" })
  .refine(({ instanceTypes }) => new Set(instanceTypes.map(architectureOf)).size <= 1, {
    path: ["instanceTypes"],
    message: "write types of one architecture: one image runs on all workers",
  })
  .refine(({ instanceTypes }) => new Set(instanceTypes).size === instanceTypes.length, {
    path: ["instanceTypes"],
    message: "a type is listed twice",
  });

/** `fleet.yaml`, the fleet described once. Unknown keys are refused. */
export const fleetSchema = z
  .strictObject({
    name: nameSchema.describe("Name of the fleet; part of every resource's name."),
    environment: nameSchema.default("production").describe("dev, stage, production: several may run side by side."),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'write an AWS region such as "eu-central-1"')
      .default("eu-central-1"),
    network: z
      .strictObject({
        cidr: cidrSchema.default("172.16.0.0/16"),
        zones: z
          .array(z.string().regex(/^[a-f]$/, 'write the zone\'s letter, for example "a"'))
          .min(1)
          .default(["a", "b"]),
        privateZone: z
          .string()
          .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'write a private domain such as "demo.internal"')
          .refine(
            (zone) => !zone.endsWith(".local"),
            'write another ending, such as "demo.internal": names in .local are never asked of DNS, but of the neighbours (RFC 6762)',
          )
          .default("fleet.internal"),
      })
      .prefault({}),
    workers: workersSchema.prefault({}),
    services: z
      .record(nameSchema, serviceSchema)
      .refine((services) => Object.keys(services).length > 0, "name at least one service"),
    jobs: jobsSchema,
    scaling: scalingSchema.prefault({}),
    schedules: z
      .array(scheduleSchema)
      .max(50)
      .default([])
      .describe("Other bounds at recurring times, within those of workers and services."),
    monitoring: z
      .strictObject({
        retention: z
          .string()
          .regex(/^[1-9]\d*[hdw]$/, 'write a duration such as "7d"')
          .default("7d")
          .describe("How long Prometheus keeps data."),
        instanceType: instanceTypeSchema.default("t3.small").describe("Type of the monitoring instance."),
        dataGigabytes: z
          .int()
          .min(5)
          .max(1000)
          .default(20)
          .describe("Size of the monitoring instance's data volume, which outlives the instance."),
      })
      .prefault({}),
    notify: z
      .strictObject({
        ...notifierSettings,
        email: z
          .email('write an e-mail address such as "ops@example.com"')
          .optional()
          .describe("Who gets AWS's own alarms and the budget's; AWS asks this address to confirm."),
      })
      .prefault({}),
    tls: tlsSchema.optional(),
    dns: dnsSchema.optional(),
    budget: budgetSchema.prefault({}),
    releases: releasesSchema.prefault({}),
    deploy: deploySchema.prefault({}),
    local: localSchema.prefault({}).describe("What differs on a local fleet."),
  })
  .superRefine((fleet, ctx) => {
    for (const problem of routeProblems(fleet.services)) ctx.addIssue({ code: "custom", ...problem });
    for (const { path, message } of scheduleProblems(fleet.schedules, fleet.workers, fleet.services))
      ctx.addIssue({ code: "custom", path: [...path], message });
    for (const name of Object.keys(fleet.local.environment)) {
      if (
        !Object.values(fleet.services).some(
          ({ environment, secrets, basicAuth = [] }) =>
            name in environment || [...secrets, ...basicAuth].includes(name),
        )
      )
        ctx.addIssue({
          code: "custom",
          path: ["local", "environment", name],
          message: `no service has the variable or secret ${name}: add it to one, or remove it here`,
        });
    }
    for (const problem of jobProblems(fleet.jobs, fleet.services)) ctx.addIssue({ code: "custom", ...problem });
    for (const name of Object.keys(fleet.services)) {
      if (RESERVED_SERVICE_NAMES.includes(name))
        ctx.addIssue({
          code: "custom",
          path: ["services", name],
          message: `${name} is the name of a part of every worker: choose another`,
        });
    }
    if (new Set(fleet.network.zones).size !== fleet.network.zones.length)
      ctx.addIssue({ code: "custom", path: ["network", "zones"], message: "a zone is listed twice" });
    const architectures = [fleet.monitoring.instanceType, ...fleet.workers.instanceTypes].map(architectureOf);
    if (architectures[0] !== architectures[1])
      ctx.addIssue({
        code: "custom",
        path: ["monitoring", "instanceType"],
        message: `write a type whose processor is ${architectures[1]} as the workers' is: images are built for one`,
      });
    const room = machineRoom(fleet.network.cidr, fleet.network.zones.length);
    if (fleet.workers.max > room)
      ctx.addIssue({
        code: "custom",
        path: ["network", "cidr"],
        message: `has room for ${room} workers in ${fleet.network.zones.length} zones, workers.max is ${fleet.workers.max}: write a shorter prefix or more zones`,
      });
  });

export type FleetConfig = z.output<typeof fleetSchema>;

/** What an author writes: everything with a default may be left out. */
export type FleetConfigInput = z.input<typeof fleetSchema>;

/** JSON Schema of `fleet.yaml`, for editors; emitted to `fleet.schema.json`. */
export function fleetJsonSchema(): object {
  return z.toJSONSchema(fleetSchema, { io: "input", target: "draft-7" });
}
