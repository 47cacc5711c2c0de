import { z } from "zod";

const runSchema = z.object({
  job: z.string(),
  id: z.string(),
  /**
   * running; done; failed: its program ended so, or was stopped for its time; lost: nobody knows whether it was carried out;
   * skipped: the run before went on; missed: nobody could begin it in time; scheduled: no run, but when its schedule was first seen.
   */
  state: z.enum(["running", "done", "failed", "lost", "skipped", "missed", "scheduled"]),
  worker: z.string().nullable(),
  attempt: z.number(),
  by: z.string(),
  /** When it was begun or, by a schedule, when it was due. */
  atMs: z.number(),
  endedAtMs: z.number().nullable(),
  /** Its last words, or why it is what it is. */
  words: z.string().nullable(),
});
export type JobRunView = z.output<typeof runSchema>;

/** `GET /api/jobs`: the jobs of the fleet file, and what the table has of their runs and of those before releases, newest first. */
export const jobsSchema = z.object({
  jobs: z.array(
    z.object({
      name: z.string(),
      service: z.string(),
      /** before-release, or a schedule with its time zone. */
      when: z.string(),
      /** Null for what goes by no schedule. */
      nextAtMs: z.number().nullable(),
      last: runSchema.nullable(),
    }),
  ),
  runs: z.array(runSchema),
});
export type JobsAnswer = z.output<typeof jobsSchema>;

/** What `POST /api/jobs/NAME/runs` takes. */
export const jobRunRequestSchema = z.strictObject({
  /** Of the run. The same again asks for nothing more: so who gets no answer may ask once more. */
  id: z.string().regex(/^\d{8}T\d{6}Z-[a-z0-9]{1,16}$/, 'write a time and a word, such as "20260301T030000Z-x1"'),
  by: z
    .string()
    .regex(/^[\x20-\x7e]{1,64}$/, "write 1-64 printable ASCII characters")
    .default("api"),
});

export type JobRunRequest = z.input<typeof jobRunRequestSchema>;

/** And what it answers, 202: the leader begins the run, which then is among the runs. */
export const jobRunAskedSchema = z.object({ job: z.string(), id: z.string() });
export type JobRunAsked = z.output<typeof jobRunAskedSchema>;
