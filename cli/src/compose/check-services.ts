import { loadFleetFile } from "@compose-fleet/files";
import type { FleetConfig } from "@compose-fleet/fleet";
import { CliError } from "@compose-fleet/process";
import type { CliContext } from "../run/context.ts";
import { remarkLine, weakness } from "./check-stack.ts";
import type { Review } from "./review-services.ts";
import { reviewWorkerStack } from "./worker-stack.ts";

/** Loads a fleet file and reviews the compose files of its services. Rejects with `FleetFileError`, and with `CliError` where there is no stack-worker. */
export async function reviewFleet(
  { root, machine }: Pick<CliContext, "root" | "machine">,
  path: string,
): Promise<{ readonly config: FleetConfig; readonly review: Review }> {
  const config = await loadFleetFile(path);
  return { config, review: await reviewWorkerStack(machine.runner, root, config) };
}

/** Reviews the compose files for commands that go on: what should be known is said, and faults are thrown as a `CliError`, all at once. */
export async function checkServices(
  { root, machine, terminal }: Pick<CliContext, "root" | "machine" | "terminal">,
  config: FleetConfig,
): Promise<void> {
  const review = await reviewWorkerStack(machine.runner, root, config);
  const weak = weakness(review);
  if (weak !== undefined) terminal.progress.note(weak);
  if (review.faults.length > 0) throw new CliError(["stack-worker:", ...review.faults.map(remarkLine)].join("\n"));
  for (const note of review.notes) terminal.progress.note(`Note:${remarkLine(note).slice(1)}`);
}
