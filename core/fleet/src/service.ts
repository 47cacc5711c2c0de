import { z } from "zod";
import { kindProblems } from "./kind-problems.ts";
import { memorySchema, nameSchema, variableNameSchema } from "./primitives.ts";
import { RESERVED_SECRET_NAMES } from "./secrets.ts";
import { httpSettings } from "./service-http.ts";

/** Replicas that one worker may run of one service, at most: more on one machine brings no capacity. */
const REPLICAS_PER_WORKER_LIMIT = 10;

/** Signals of one service, at most: each is a query of every look. */
const SIGNALS_LIMIT = 5;

/** Something that Prometheus knows, of which each replica takes a part. */
const signalSchema = z.strictObject({
  name: nameSchema.describe("What it is called where the scaler says why."),
  query: z
    .string()
    .trim()
    .refine((text) => text !== "", 'write PromQL with one value, for example "max(queue_length)"')
    .refine((text) => text.length <= 1000, "write at most 1000 characters: make a shorter metric in the service")
    .describe(
      "PromQL with one value. No value, several, NaN or an infinite one hold what runs: missing is never zero.",
    ),
  target: z
    .number()
    .positive()
    .max(1_000_000_000)
    .describe("How much of it one replica is there for: the fleet runs value / target replicas, rounded up."),
});

/** One entry of `services:`; the compose file is `stack-worker/services/NAME.yml`. */
export const serviceSchema = z
  .strictObject({
    ...httpSettings,
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe(
        "Port the service listens on inside its container. Without path and hosts only other services call it, by its name on the same worker. A service without any of them speaks no HTTP: it takes jobs.",
      ),
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
      .optional()
      .describe(
        "What one replica sustains; measure it, see docs/services.md. Without it the service scales by the CPU of its replicas.",
      ),
    signals: z
      .array(signalSchema)
      .max(SIGNALS_LIMIT)
      .default([])
      .describe("What else tells how many replicas are needed in the whole fleet, such as the length of a queue."),
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
    for (const problem of kindProblems(service)) ctx.addIssue({ code: "custom", ...problem });
    for (const [index, host] of service.hosts.entries()) {
      if (service.hosts.indexOf(host) !== index)
        ctx.addIssue({ code: "custom", path: ["hosts", index], message: `${host} is listed twice` });
    }
    const signals = service.signals.map(({ name }) => name);
    for (const [index, name] of signals.entries()) {
      if (signals.indexOf(name) !== index)
        ctx.addIssue({ code: "custom", path: ["signals", index, "name"], message: `${name} is listed twice` });
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
  })
  .transform((service): typeof service =>
    service.path === undefined && service.hosts.length > 0 ? { ...service, path: "/" } : service,
  );

export type ServiceConfig = z.output<typeof serviceSchema>;

/** Names of the services that have no way out of their worker. */
export function offlineServices({
  services,
}: {
  readonly services: Readonly<Record<string, { readonly internet: boolean }>>;
}): string[] {
  return Object.entries(services).flatMap(([name, { internet }]) => (internet ? [] : [name]));
}
