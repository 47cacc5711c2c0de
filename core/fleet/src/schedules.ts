import { z } from "zod";
import { cronProblem, isTimeZone } from "./cron.ts";
import { nameSchema } from "./primitives.ts";
import { firstMeeting, windowProblem } from "./windows.ts";

const cronSchema = z.string().superRefine((text, ctx) => {
  const problem = cronProblem(text);
  if (problem) ctx.addIssue({ code: "custom", message: problem });
});

const count = z.int().min(0).max(1000);

/** Bounds at recurring times. */
export const scheduleSchema = z
  .strictObject({
    name: nameSchema.describe("What decisions and people call it."),
    service: nameSchema.optional().describe("Limits this service's replicas on each worker; without it: workers."),
    from: cronSchema.describe("When a window begins: minute, hour, day of the month, month, day of the week."),
    to: cronSchema.describe("When it ends."),
    timezone: z
      .string()
      .refine(isTimeZone, 'write a time zone such as "Europe/Berlin" or "UTC"')
      .default("UTC")
      .describe("Whose clock from and to are on."),
    min: count.optional().describe("No fewer while it holds."),
    max: count.optional().describe("No more while it holds."),
    reason: z.string().min(1).max(200).optional().describe("Why, for people."),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, {
    path: ["min"],
    message: "write min, max or both: it limits nothing",
  })
  .refine(({ min = 0, max = Number.POSITIVE_INFINITY }) => min <= max, { path: ["min"], message: "write at most max" });

export type ScheduleConfig = z.output<typeof scheduleSchema>;

interface Bounds {
  readonly min: number;
  readonly max: number;
}

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What is wrong with schedules beside each other and beside what they limit, all at once. */
export function scheduleProblems(
  schedules: readonly ScheduleConfig[],
  workers: Bounds,
  services: Readonly<Record<string, { readonly replicas: Bounds }>>,
): readonly Problem[] {
  return schedules.flatMap((schedule, index) => {
    const at = (problem: Problem): Problem => ({ ...problem, path: ["schedules", index, ...problem.path] });
    const empty = isReadable(schedule) ? windowProblem(schedule) : undefined;
    return [
      ...(schedules.findIndex(({ name }) => name === schedule.name) < index
        ? [at({ path: ["name"], message: "another schedule has this name" })]
        : []),
      ...boundsProblems(schedule, workers, services).map(at),
      ...(empty ? [at({ path: [empty.key], message: empty.message })] : overlaps(schedules, index).map(at)),
    ];
  });
}

/** Whether its times can be read: what is wrong with them has been said. */
function isReadable({ from, to, timezone }: ScheduleConfig): boolean {
  return [from, to].every((text) => cronProblem(text) === undefined) && isTimeZone(timezone);
}

function boundsProblems(
  { service, min, max }: ScheduleConfig,
  workers: Bounds,
  services: Readonly<Record<string, { readonly replicas: Bounds }>>,
): readonly Problem[] {
  if (service !== undefined && !Object.hasOwn(services, service))
    return [
      { path: ["service"], message: `there is no such service: write one of ${Object.keys(services).join(", ")}` },
    ];
  const [bounds, what] =
    service === undefined ? [workers, "workers"] : [services[service]?.replicas as Bounds, `${service}.replicas`];
  return (["min", "max"] as const).flatMap((key) => {
    const value = key === "min" ? min : max;
    return value === undefined || (value >= bounds.min && value <= bounds.max)
      ? []
      : [{ path: [key], message: `write a number within ${what}.min and .max, ${bounds.min} to ${bounds.max}` }];
  });
}

/** Two schedules of one target that hold at once would contradict each other, or one of them is of no use. */
function overlaps(schedules: readonly ScheduleConfig[], index: number): readonly Problem[] {
  const schedule = schedules[index] as ScheduleConfig;
  return schedules.slice(0, index).flatMap((other) => {
    if (other.service !== schedule.service || ![other, schedule].every(isReadable) || windowProblem(other)) return [];
    const atMs = firstMeeting(other, schedule);
    return atMs === undefined
      ? []
      : [{ path: ["from"], message: `overlaps with ${other.name}, for example at ${timeText(atMs)}` }];
  });
}

function timeText(atMs: number): string {
  return new Intl.DateTimeFormat("sv-SE", {
    dateStyle: "short",
    timeStyle: "short",
    timeZone: "UTC",
  })
    .format(atMs)
    .concat(" UTC");
}
