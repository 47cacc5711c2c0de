import type { Remark } from "@compose-fleet/compose";
import { loadFleetFile } from "@compose-fleet/files";
import { type FleetConfig, hiddenRoutes } from "@compose-fleet/fleet";
import { CliError, type Runner } from "@compose-fleet/process";
import type { CliContext } from "../run/context.ts";
import { remarkLine, weakness } from "./check-stack.ts";
import { localServicesFaults } from "./local-services.ts";
import type { Review } from "./review-services.ts";
import { reviewWorkerStack } from "./worker-stack.ts";

/** Loads a fleet file and reviews the compose files of its services. Rejects with `FleetFileError`, and with `CliError` where there is no stack-worker. */
export async function reviewFleet(
  { root, machine }: Pick<CliContext, "root" | "machine">,
  path: string,
): Promise<{ readonly config: FleetConfig; readonly review: ProjectReview }> {
  const config = await loadFleetFile(path);
  return { config, review: await reviewProject(machine.runner, root, config) };
}

/** Reviews the compose files for commands that go on: what should be known is said, and faults are thrown as a `CliError`, all at once. */
export async function checkServices(
  { root, machine, terminal }: Pick<CliContext, "root" | "machine" | "terminal">,
  config: FleetConfig,
): Promise<void> {
  const review = await reviewProject(machine.runner, root, config);
  const weak = weakness(review);
  if (weak !== undefined) terminal.progress.note(weak);
  if (review.faults.length > 0) throw new CliError(faultLines(review).join("\n"));
  for (const note of review.notes) terminal.progress.note(`Note:${remarkLine(note).slice(1)}`);
}

/** Faults as lines for people, under what they are about. */
export function faultLines({ faults, localFaults }: ProjectReview): string[] {
  const under = (title: string, remarks: readonly Remark[]): string[] =>
    remarks.length === 0 ? [] : [title, ...remarks.map(remarkLine)];
  return [
    ...under(
      "stack-worker:",
      faults.filter((fault) => !localFaults.includes(fault)),
    ),
    ...under("local.services in the fleet file:", localFaults),
  ];
}

interface ProjectReview extends Review {
  /** Those of the faults that are about what runs beside a local fleet. */
  readonly localFaults: readonly Remark[];
}

async function reviewProject(runner: Runner, root: string, config: FleetConfig): Promise<ProjectReview> {
  const review = await reviewWorkerStack(runner, root, config);
  const localFaults = "missing" in review.reader ? [] : await localServicesFaults(runner, root, config);
  const hidden = hiddenRoutes(config.services).map(({ path, message }) => ({ path: path.join("."), message }));
  return { ...review, faults: [...review.faults, ...localFaults], notes: [...hidden, ...review.notes], localFaults };
}
