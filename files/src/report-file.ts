import { CliError, messageOf } from "@compose-fleet/process";
import { checkWritable, writeFiles } from "./write-files.ts";

/** Where a run writes its results, if it was asked to. */
export interface ReportFile {
  /** Replaces the file whole. Rejects with `CliError` (exit code 1) where it can no longer be written. */
  write(results: unknown): Promise<void>;
}

/** Room that has to be there at the start: more than any report takes. */
const ROOM_BYTES = 256 * 1024;

/** The file of `--json` or `--report`, looked at before anything starts: a run of half an hour must not end at its last line. Rejects with `PathError`. */
export async function reportFile(path: string | undefined): Promise<ReportFile> {
  if (path === undefined) return { write: async () => undefined };
  await checkWritable(path, ROOM_BYTES);
  return {
    write: async (results) => {
      try {
        await writeFiles([{ path, content: `${JSON.stringify(results, null, 2)}\n` }]);
      } catch (error) {
        throw new CliError(`The results are not in a file. ${messageOf(error)}`);
      }
    },
  };
}
