import { z } from "zod";

/** What a worker wrote down of a container that ended (stack-worker/container-metrics). Loose: another version may say more, or less. */
const recordSchema = z.object({
  id: z.string(),
  service: z.string(),
  replica: z.string(),
  image: z.string().optional(),
  startedAt: z.string().optional(),
  endedAtMs: z.number(),
  exitCode: z.number().nullable(),
  outOfMemory: z.boolean(),
  health: z.string().optional(),
  probes: z.array(z.string()).default([]),
  signals: z.array(z.string()),
  /** The script of ours that let it leave. */
  by: z.string().optional(),
  times: z.number(),
});
export type EndedRecord = z.output<typeof recordSchema>;

/** A record with the end of the log. */
export interface EndedContainer {
  readonly machine: string;
  readonly record: EndedRecord;
  readonly log: readonly string[];
}

const MARK = "--- log ---";
/** What AWS passes on of a script's output is 24,000 characters: facts take some of them. */
const LOG_BYTES = 18_000;

/** A script for a worker that prints the newest record that matches a shell pattern of file names, and the end of its log; 3 where there is none. */
export function recordScript(pattern: string): string {
  return [
    `cd "$FLEET_STATE_DIR/ended" 2>/dev/null || exit 3`,
    `file=$(ls -1t ${pattern}.json 2>/dev/null | head -n 1)`,
    `[ -n "$file" ] || exit 3`,
    `cat "$file"; echo '${MARK}'; tail -c ${LOG_BYTES} "\${file%.json}.log"`,
  ].join("\n");
}

/** What that script printed; undefined for what is no record. */
export function parseRecord(machine: string, printed: string): EndedContainer | undefined {
  const [facts = "", log = ""] = printed.split(`${MARK}\n`);
  let json: unknown;
  try {
    json = JSON.parse(facts);
  } catch {
    return undefined;
  }
  const record = recordSchema.safeParse(json).data;
  return record && { machine, record, log: log.split("\n").filter((line) => line !== "") };
}
