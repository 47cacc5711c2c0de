import { z } from "zod";

const absolutePath = z.string().regex(/^\/[^\0:]*$/, 'write an absolute path without ":"');
const port = z.int().min(1).max(65_535);
const seconds = z.number().min(0).max(3600);

/** Everything that one local fleet is started with. Unknown keys are refused. */
export const localFleetOptionsSchema = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/,
        "write 1-32 lower-case letters, digits and inner dashes, starting with a letter",
      )
      .describe("Name of the fleet; two of one name cannot run at once."),
    fleetFile: absolutePath.describe("The fleet.yaml to run."),
    stackWorkerDir: absolutePath.describe("A copy of stack-worker rendered from fleetFile."),
    stackPrometheusDir: absolutePath.describe(
      "A copy of stack-prometheus rendered from fleetFile with ec2Endpoint http://aws:4566.",
    ),
    secrets: z
      .record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/), z.string())
      .default({})
      .describe("What the emulated Parameter Store has of services' secrets, by name."),
    localServicesFile: absolutePath
      .optional()
      .describe("What runs once beside all workers: what docker compose config made of it, as JSON."),
    stateDir: absolutePath.describe("Where this fleet keeps its files: .fleet/local/NAME."),
    images: z
      .record(z.string().regex(/^[A-Z_][A-Z0-9_]*_IMAGE$/, "write a name that ends in _IMAGE"), z.string().min(1))
      .refine((images) => "NGINX_IMAGE" in images, "NGINX_IMAGE is missing: run `npx fleet setup`")
      .describe("Images by variable; NGINX_IMAGE is required, the others default to upstream's."),
    ports: z
      .strictObject({
        balancer: port.default(18080),
        balancerProxy: port.default(18081),
        wh: port.default(18090),
        whStandby: port.default(18091),
        prometheus: port.default(19090),
        alertmanager: port.default(19093),
        grafana: port.default(13000),
        aws: port.default(14566),
      })
      .prefault({})
      .refine(
        (ports) => new Set(Object.values(ports)).size === Object.keys(ports).length,
        "two of the ports are the same",
      )
      .describe("Ports on 127.0.0.1."),
    bootSeconds: seconds.default(5).describe("Emulated time from running to the start of the stack."),
    bootSpread: z
      .number()
      .min(0)
      .max(1)
      .default(0.2)
      .describe("How far boots are off bootSeconds, as a share of it, either way."),
    seed: z.int().min(0).default(1).describe("Where the spread's random numbers begin."),
    statusCheckSeconds: seconds
      .default(10)
      .describe("How long EC2's status checks take until the group knows that a host is dead."),
    agentSilenceSeconds: seconds
      .default(3600)
      .describe("How long CodeDeploy waits for an agent that says nothing until its instance has failed."),
    cooldownSeconds: seconds.default(300).describe("Default cooldown of the group."),
    lifecycleHook: z
      .boolean()
      .default(false)
      .describe("Whether hooks hold a new worker until its boot ends, and a leaving one until wh answers."),
    terminateWhileSuspended: z
      .enum(["refused", "accepted"])
      .default("refused")
      .describe(
        "What becomes of a request to terminate a worker that is in service while Terminate is suspended; of AWS, reports disagree.",
      ),
    registrationLagSeconds: seconds
      .default(120)
      .describe("How long a new worker is being registered with the load balancer until its health checks begin."),
    deregistrationLagSeconds: seconds
      .default(120)
      .describe("How long a deregistered worker still gets new connections."),
    health: z
      .strictObject({
        intervalSeconds: z.number().min(0.1).max(300).default(10),
        healthyThreshold: z.int().min(1).max(10).default(2),
        unhealthyThreshold: z.int().min(1).max(10).default(2),
      })
      .prefault({})
      .describe("Health checks of the load balancer."),
    workerCpu: z.number().min(0.05).max(64).default(1).describe("Cores of one worker."),
    hold: z.boolean().default(false).describe("wh decides but does not act."),
    monitoring: z
      .boolean()
      .default(true)
      .describe("Whether to start stack-prometheus; a test of the rest may leave it out."),
    queriesByGate: z
      .boolean()
      .default(false)
      .describe("Whether wh asks Prometheus through the emulator, which can then let single queries fail."),
    consistencyDelayMs: z
      .int()
      .min(0)
      .max(60_000)
      .default(300)
      .describe("How long a new SSM command stays invisible to reads."),
    exitWithParent: z.boolean().default(true).describe("Whether the daemon ends when its standard input does."),
  })
  .superRefine((options, ctx) => {
    // A Unix socket's path is limited by the kernel.
    const length = Buffer.byteLength(`${options.stateDir}/run/probe.sock`);
    if (length > 107)
      ctx.addIssue({
        code: "custom",
        path: ["stateDir"],
        message: `too long for a socket inside (${length} bytes, 107 are possible): move the project to a shorter path`,
      });
  });

export type LocalFleetOptions = z.output<typeof localFleetOptionsSchema>;

/** What a caller writes: everything with a default may be left out. */
export type LocalFleetOptionsInput = z.input<typeof localFleetOptionsSchema>;

/** Faulty options; the message has one line for each fault. */
export class OptionsError extends Error {
  constructor(faults: readonly string[]) {
    super(`the options of the local fleet are not usable:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
    this.name = "OptionsError";
  }
}

/** Checks decoded options and fills in defaults. Throws `OptionsError` with all faults at once. */
export function parseLocalFleetOptions(input: unknown): LocalFleetOptions {
  const result = localFleetOptionsSchema.safeParse(input);
  if (result.success) return result.data;
  throw new OptionsError(result.error.issues.map((issue) => `${issue.path.join(".") || "options"}: ${issue.message}`));
}
