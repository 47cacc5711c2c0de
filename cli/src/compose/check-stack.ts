import type { Remark } from "@compose-fleet/compose";
import type { Runner } from "@compose-fleet/process";
import { CliError } from "@compose-fleet/process";
import { askCompose, findCompose } from "./ask-compose.ts";
import { type Review, reviewServices } from "./review-services.ts";
import { type ComposeFile, withStagedFolder } from "./staged-folder.ts";

/** Checks a worker's stack that is to be released, by compose and by the fleet's rules. Resolves with what people should know; throws `CliError` with all faults. */
export async function checkWorkerStack(
  runner: Runner,
  files: readonly ComposeFile[],
  services: readonly string[],
  offline: readonly string[],
): Promise<readonly string[]> {
  const review = await reviewServices(runner, files, services, offline);
  if ("missing" in review.reader)
    throw new CliError(`${review.reader.missing}: what is released is read by docker compose before.`);
  if (review.faults.length > 0)
    throw new CliError(
      ["stack-worker cannot run as it is. Nothing was changed:", ...review.faults.map(remarkLine)].join("\n"),
    );
  return review.notes.map(remarkLine);
}

/** The images that a stack which is to be released would run, each once. Throws `CliError` with what compose says where it cannot read it. */
export async function stackImages(
  runner: Runner,
  name: string,
  files: readonly ComposeFile[],
): Promise<readonly string[]> {
  const found = await findCompose(runner);
  if ("missing" in found) throw new CliError(`${found.missing}: what is released is read by docker compose before.`);
  return withStagedFolder(files, async ({ folder }) => {
    const answer = await askCompose(runner, { folder, name }, "compose.yml", "--profile", "*", "config", "--images");
    if (!answer.ok) throw new CliError(`compose cannot read ${name}. Nothing was changed:\n${answer.said}`);
    return [...new Set(answer.output.split("\n").filter((image) => image !== ""))];
  });
}

/** One line for people. */
export function remarkLine({ path, message }: Remark): string {
  return `  ${path}: ${message}`;
}

/** Why a check without compose is the weaker one; undefined where compose was there. */
export function weakness({ reader }: Pick<Review, "reader">): string | undefined {
  if ("version" in reader) return undefined;
  return `WARNING: ${reader.missing}, so compose files were checked WITHOUT COMPOSE: only the keys that are written down. Not checked: extends, variables, values, files that are named. Run npx fleet setup, then npx fleet validate.`;
}
