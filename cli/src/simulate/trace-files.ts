import { constants, createReadStream } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { reasonOf, shown } from "@compose-fleet/files";
import { CliError, exitCodes } from "@compose-fleet/process";
import { readTrace, type Trace, TraceError } from "@compose-fleet/simulator";

/** The traces that a path means: the file, or every .csv of the folder. Rejects with `CliError` (exit code 2) where there is none to read. */
export async function traceFiles(path: string): Promise<readonly string[]> {
  const refuse = (why: string) => new CliError(`${shown(path)} cannot be simulated: ${why}`, exitCodes.usage);
  try {
    const files = (await stat(path)).isDirectory() ? await tracesIn(path) : [path];
    if (files.length === 0) throw refuse("it has no .csv file in it; name a trace, or a folder of traces");
    for (const file of files) {
      // A pipe that nobody writes to would hold for ever.
      if (!(await stat(file)).isFile()) throw refuse(`${file === path ? "it" : shown(file)} is no file; name a trace`);
      await access(file, constants.R_OK);
    }
    return files;
  } catch (error) {
    throw error instanceof CliError ? error : refuse(reasonOf(error));
  }
}

async function tracesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith(".csv"))
    .sort()
    .map((name) => join(folder, name));
}

/** One trace from its file, read as a stream; `onBytes` hears how far it is. Rejects with `CliError` that names file and line. */
export async function readTraceFile(file: string, onBytes: (bytes: number) => void): Promise<Trace> {
  const stream = createReadStream(file, { encoding: "utf8" });
  try {
    return await readTrace(
      basename(file).replace(/\.csv$/, ""),
      told(stream, () => onBytes(stream.bytesRead)),
    );
  } catch (error) {
    if (error instanceof TraceError) throw new CliError(error.message);
    throw new CliError(`${shown(file)} cannot be read: ${reasonOf(error)}`, exitCodes.usage);
  } finally {
    stream.destroy();
  }
}

async function* told(chunks: AsyncIterable<string>, onChunk: () => void): AsyncIterable<string> {
  for await (const chunk of chunks) {
    onChunk();
    yield chunk;
  }
}
