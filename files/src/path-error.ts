import { CliError, exitCodes } from "@compose-fleet/process";

/** A path that a person named and that cannot be used. The message names it, says why, and what to do; nothing was changed. */
export class PathError extends CliError {
  override readonly name = "PathError";

  constructor(path: string, what: string, error: unknown) {
    super(`${shown(path)} ${what}: ${reasonOf(error)}`, exitCodes.usage);
    this.cause = error;
  }
}

/** What the file system's codes mean to somebody who named a path. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder or file; create it, or name another",
  EACCES: "no permission; name another, or change its permissions",
  EPERM: "the system does not permit it; name another",
  EROFS: "its file system is read-only; name another",
  ENOSPC: "its disk is full; make room, or name another",
  EDQUOT: "the disk quota is used up; make room, or name another",
  EISDIR: "it is a folder; name a file",
  ENOTDIR: "a part of it is a file and not a folder; name another",
  EEXIST: "a file of that name is in the way; name another",
  ELOOP: "its symbolic links go round in a circle; mend them, or name another",
  ENAMETOOLONG: "the name is too long; name a shorter one",
  EINVAL: "the file system does not take that name; name another",
  EIO: "the device does not answer properly; name another",
  ENXIO: "nothing reads from it; name a file",
  EBUSY: "it is in use by the system, a mount perhaps; name another",
  ETXTBSY: "it is a program that runs; name another",
};

/** Why a path cannot be used, without what to do about it. */
export function whyOf(error: unknown): string {
  return reasonOf(error).split("; ")[0] ?? "";
}

/** Why a path cannot be used, and what to do, of an error of the file system or in words of our own. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  return REASONS[code] ?? (code === "" ? error.message : `${code}; name another`);
}

/** What to say of an error of the file system, wherever it comes from; undefined for any other. What fails at a write does not know its path. */
export function fileSystemSentence(error: Error): string | undefined {
  if (!("syscall" in error && ("path" in error || isFull(error)))) return undefined;
  return `${"path" in error ? shown(String(error.path)) : "A file"} cannot be used: ${reasonOf(error)}.`;
}

function isFull(error: object): boolean {
  return "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

/** A path as one line, whatever is in its name, and not longer than a terminal can show. */
export function shown(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const text = /[\u0000-\u001f\u007f]/.test(path) || path === "" ? JSON.stringify(path) : path;
  return text.length > 200 ? `${text.slice(0, 120)}…${text.slice(-40)}` : text;
}
