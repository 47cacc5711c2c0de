import { z } from "zod";
import { memorySchema, variableNameSchema } from "./primitives.ts";
import { RESERVED_SECRET_NAMES } from "./secrets.ts";
import { httpSettings } from "./service-http.ts";

/** Replicas that one worker may run of one service, at most: more on one machine brings no capacity. */
const REPLICAS_PER_WORKER_LIMIT = 10;

/** One entry of `services:`; the compose file is `stack-worker/services/NAME.yml`. */
export const serviceSchema = z
  .strictObject({
    ...httpSettings,
    port: z.int().min(1).max(65_535).describe("Port the service listens on inside its container."),
    memory: memorySchema.describe("Memory limit of one replica, for example 192m."),
    replicas: z
      .strictObject({
        min: z.int().min(1).max(REPLICAS_PER_WORKER_LIMIT).default(1),
        max: z.int().min(1).max(REPLICAS_PER_WORKER_LIMIT).default(REPLICAS_PER_WORKER_LIMIT),
      })
      .prefault({})
      .refine((replicas) => replicas.min <= replicas.max, { path: ["min"], message: "write at most max" })
      .describe("Replicas per worker."),
    capacity: z
      .strictObject({ requestsPerSecond: z.number().positive().max(100_000) })
      .describe("What one replica sustains; measure it, see docs/services.md."),
    dryRun: z
      .boolean()
      .default(false)
      .describe("Decide and say how many replicas there would be, and leave them as they are."),
    metrics: z
      .boolean()
      .default(false)
      .describe("Whether replicas serve Prometheus metrics at /metrics on their port."),
    internet: z
      .boolean()
      .default(true)
      .describe(
        "Whether replicas reach what is outside their worker: the internet, AWS, databases. Without it they reach the other services of their worker only.",
      ),
    environment: z
      .record(variableNameSchema, z.string())
      .default({})
      .describe("Environment of every replica. Nothing secret: use secrets."),
    secrets: z
      .array(variableNameSchema)
      .default([])
      .describe("Environment variables whose values are the SSM parameters /fleet/NAME/ENVIRONMENT/secrets/VARIABLE."),
  })
  .superRefine((service, ctx) => {
    for (const [index, host] of service.hosts.entries()) {
      if (service.hosts.indexOf(host) !== index)
        ctx.addIssue({ code: "custom", path: ["hosts", index], message: `${host} is listed twice` });
    }
    for (const key of ["secrets", "basicAuth"] as const)
      for (const [index, secret] of (service[key] ?? []).entries()) {
        const path = [key, index];
        if (RESERVED_SECRET_NAMES.includes(secret))
          ctx.addIssue({
            code: "custom",
            path,
            message: `${secret} is a secret of the fleet itself: choose another name`,
          });
        if (service[key]?.indexOf(secret) !== index)
          ctx.addIssue({ code: "custom", path, message: `${secret} is listed twice` });
      }
    for (const [index, secret] of service.secrets.entries()) {
      if (secret in service.environment)
        ctx.addIssue({
          code: "custom",
          path: ["secrets", index],
          message: `${secret} is also in environment: keep one of them`,
        });
    }
  });

export type ServiceConfig = z.output<typeof serviceSchema>;

/** Names of the services that have no way out of their worker. */
export function offlineServices({
  services,
}: {
  readonly services: Readonly<Record<string, { readonly internet: boolean }>>;
}): string[] {
  return Object.entries(services).flatMap(([name, { internet }]) => (internet ? [] : [name]));
}
