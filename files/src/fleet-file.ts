import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import {
  type Fault,
  type FleetConfig,
  type FleetDocument,
  parseFleetConfig,
  readFleetText,
} from "@compose-fleet/fleet";
import { CliError, exitCodes } from "@compose-fleet/process";
import { reasonOf, shown } from "./path-error.ts";

/** Far above any real fleet; a larger file is some other file. */
const MAX_BYTES = 1024 * 1024;

/** Faults that are told at once; whoever has more begins with these. */
const MOST_TOLD = 50;

/** A `fleet.yaml` that cannot be used: every fault at once. Exit code 2 where there is no such file to read, 1 where faults are in it. */
export class FleetFileError extends CliError {
  override readonly name = "FleetFileError";
  readonly file: string;
  readonly faults: readonly Fault[];

  constructor(file: string, faults: readonly Fault[], exitCode: number = exitCodes.failed) {
    super(
      [
        `${shown(file)}:`,
        ...faults.slice(0, MOST_TOLD).map(({ path, message }) => `  ${path === "" ? "" : `${path}: `}${message}`),
        ...(faults.length > MOST_TOLD ? [`  ... and ${faults.length - MOST_TOLD} more`] : []),
      ].join("\n"),
      exitCode,
    );
    this.file = file;
    this.faults = faults;
  }
}

/** What to do where no fleet file is at the path. */
const NAME_IT = "give the path of a fleet.yaml";

/**
 * Reads and checks a fleet file: the one way to load one from the disk. `nameIt` says how whoever asks names another. Rejects with `FleetFileError`,
 * and with nothing else.
 */
export async function loadFleetFile(path: string, nameIt = NAME_IT): Promise<FleetConfig> {
  return checkFleetDocument(path, await readFleetDocument(path, nameIt));
}

/** Checks what a fleet file says. Throws `FleetFileError` with every fault. */
export function checkFleetDocument(path: string, document: FleetDocument): FleetConfig {
  const parsed = parseFleetConfig(document);
  if (!parsed.ok) throw new FleetFileError(path, parsed.faults);
  return parsed.config;
}

/** Reads a fleet file without checking what it says. Rejects with `FleetFileError`, and with nothing else. */
export async function readFleetDocument(path: string, nameIt = NAME_IT): Promise<FleetDocument> {
  const reading = readFleetText(await readText(path, nameIt));
  if (!reading.ok) throw new FleetFileError(path, reading.faults);
  return reading.document;
}

async function readText(path: string, nameIt: string): Promise<string> {
  const refuse = (message: string) => new FleetFileError(path, [{ path: "", message }], exitCodes.usage);
  let file: FileHandle | undefined;
  try {
    // A pipe that nobody writes to would hold an ordinary open for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw refuse(`is not a file: ${nameIt}`);
    if (stat.size > MAX_BYTES) throw refuse(`is ${stat.size} bytes: a fleet file has at most ${MAX_BYTES}`);
    const bytes = await readAtMost(file, MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) throw refuse(`is longer than ${MAX_BYTES} bytes: a fleet file is not`);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof FleetFileError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw refuse(`is not there: ${nameIt}`);
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") throw refuse("is not UTF-8 text: save it as UTF-8");
    throw refuse(`cannot be read: ${reasonOf(error)}`);
  } finally {
    await file?.close();
  }
}

/** The file's beginning. Some files of the kernel have no size and no end. */
async function readAtMost(file: FileHandle, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limit);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, limit - length);
    length += bytesRead;
    if (bytesRead === 0 || length === limit) return bytes.subarray(0, length);
  }
}
