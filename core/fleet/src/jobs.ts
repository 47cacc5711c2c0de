import { z } from "zod";
import { isTimeZone, scheduleProblem } from "./cron.ts";
import { nameSchema } from "./primitives.ts";

/** What `timeout` of a job is where nothing is written, and at most. Seconds. */
const DEFAULT_JOB_SECONDS = 600;
const JOB_SECONDS_LIMIT = 6 * 3600;

/** By whose clock a schedule goes where nothing is written. */
export const DEFAULT_TIMEZONE = "UTC";

/** Partitions of the state table that no job may be called like. */
const RESERVED_JOB_NAMES = ["asked", "before-release"];

/** Signs that only a shell understands. */
const SHELL_SIGNS = /["'`$\\|&;<>(){}*?~#]/;

const LIST_EXAMPLE = 'as a list, such as ["sh", "-c", "…"]: no shell reads it';

const argumentSchema = z
  .string()
  .min(1, "write at least one character, or leave the argument out")
  .max(1000)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
  .regex(/^[^\x00-\x1f\x7f]*$/, "write it without line breaks, tabs and other control characters");

const commandSchema = z
  .union(
    [
      z.array(argumentSchema).min(1, "write the program, and what it is called with").max(50),
      z
        .string()
        .regex(/\S/, "write the program, and what it is called with")
        .refine((text) => !SHELL_SIGNS.test(text), `write it ${LIST_EXAMPLE}`)
        .pipe(argumentSchema)
        .transform((text) => text.trim().split(/ +/)),
    ],
    { error: `write the program and its arguments: as words without signs of a shell, or ${LIST_EXAMPLE}` },
  )
  .describe(
    `What its container runs instead of the image's command: words, or a list of them. With signs of a shell write it ${LIST_EXAMPLE}.`,
  );

const jobSchema = z
  .strictObject({
    service: nameSchema.describe("The service whose image, environment, secrets, memory and networks the job has."),
    command: commandSchema,
    when: z
      .literal("before-release", 'write "before-release", or a schedule instead')
      .optional()
      .describe(
        "before-release: once for each revision, with its images, before any replica is replaced. When it fails there is no release.",
      ),
    schedule: z
      .string()
      .max(100)
      .optional()
      .describe("When it runs, as cron writes it: minute, hour, day of month, month, day of week."),
    timezone: z
      .string()
      .min(1)
      .max(64)
      .refine(isTimeZone, 'write a time zone such as "Europe/Berlin" or "UTC"')
      .optional()
      .describe(
        'Where the clock hangs by which the schedule goes, such as "Europe/Berlin". UTC where nothing is written.',
      ),
    timeout: z
      .int()
      .min(1)
      .max(JOB_SECONDS_LIMIT)
      .default(DEFAULT_JOB_SECONDS)
      .describe("Seconds after which it is stopped, and has failed."),
    overlap: z
      .literal("skip", 'write "skip", or remove the key: a job never runs beside itself')
      .optional()
      .describe("skip: while the run before goes on, the next one is left out, and people are told."),
  })
  .superRefine((job, ctx) => {
    if ((job.when === undefined) === (job.schedule === undefined))
      ctx.addIssue({
        code: "custom",
        path: [job.when === undefined ? "when" : "schedule"],
        message: 'write when: before-release, or a schedule such as "0 3 * * *": one of the two',
      });
    for (const key of ["timezone", "overlap"] as const)
      if (job.when !== undefined && job.schedule === undefined && job[key] !== undefined)
        ctx.addIssue({ code: "custom", path: [key], message: "remove it: it belongs to a schedule" });
    const problem = job.schedule === undefined ? undefined : scheduleProblem(job.schedule);
    if (problem !== undefined) ctx.addIssue({ code: "custom", path: ["schedule"], message: problem });
  });

/** The entries of `jobs:`. */
export const jobsSchema = z
  .record(nameSchema, jobSchema)
  .default({})
  .describe("What runs to its end instead of serving: migrations before a release, and work by the clock.");

type Jobs = z.output<typeof jobsSchema>;

/** One entry of `jobs:`. Times are seconds. */
export type JobConfig = Jobs[string];

/** What is wrong with the jobs beside the services that they name. */
export function jobProblems(
  jobs: Jobs,
  services: Readonly<Record<string, unknown>>,
): { readonly path: string[]; readonly message: string }[] {
  return Object.entries(jobs).flatMap(([name, { service }]) => [
    ...(RESERVED_JOB_NAMES.includes(name)
      ? [{ path: ["jobs", name], message: `${name} has a meaning of its own: choose another name` }]
      : []),
    ...(Object.hasOwn(services, service)
      ? []
      : [
          {
            path: ["jobs", name, "service"],
            message: `no service is called so: write one of ${Object.keys(services).join(", ")}`,
          },
        ]),
  ]);
}

/** How long a job may run at most; 0 where there is none. Seconds. */
export function longestJobSeconds({ jobs }: { readonly jobs: Jobs }): number {
  return Math.max(0, ...Object.values(jobs).map(({ timeout }) => timeout));
}
