import { readFile } from "node:fs/promises";
import { writeFiles } from "@compose-fleet/files";

/** KEY=value lines, as `docker compose --env-file` reads them. */
function formatImagesEnv(images: Readonly<Record<string, string>>): string {
  return Object.entries(images)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

/** Reads KEY=value lines; comments and empty lines are skipped. */
export function parseImagesEnv(text: string): Record<string, string> {
  const pairs = text.split("\n").flatMap((line) => {
    const match = /^([A-Z_]+)=(.+)$/.exec(line.trim());
    return match?.[1] === undefined || match[2] === undefined ? [] : [[match[1], match[2]] as const];
  });
  return Object.fromEntries(pairs);
}

/** Writes the file whole or not at all. Rejects with `PathError`. */
export async function writeImagesEnv(path: string, images: Readonly<Record<string, string>>): Promise<void> {
  await writeFiles([{ path, content: formatImagesEnv(images) }]);
}

/** Reads the file; a missing one is empty. */
export async function readImagesEnv(path: string): Promise<Record<string, string>> {
  return parseImagesEnv(await readFile(path, "utf8").catch(() => ""));
}
