import { writeFile } from "node:fs/promises";
import { type ComposeAnswer, type Judgement, refusal, reviewService, servicesOf } from "@compose-fleet/compose";
import type { Runner } from "@compose-fleet/process";
import { askCompose, findCompose } from "./ask-compose.ts";
import { type ComposeFile, type StagedFolder, withStagedFolder } from "./staged-folder.ts";

/** What the compose files of a fleet's services amount to on a worker. */
export interface Review extends Judgement {
  /** Who read them: compose's version; or why compose could not, which makes the check a weaker one. */
  readonly reader: { readonly version: string } | { readonly missing: string };
}

/** Where the stack's own files say which other names there are beside the services. */
const STACK_FILE = "compose.yml";
/** Beside the stack's compose.yml, so that paths mean the same. */
const PROBE_FILE = ".fleet-probe.yml";
const AS_WRITTEN = [
  "--profile",
  "*",
  "config",
  "--format",
  "json",
  "--no-consistency",
  "--no-env-resolution",
  "--no-normalize",
];

/**
 * Checks the compose files of services in a stack as a worker gets it (with `rendered/`): compose reads them, the fleet's rules judge what comes out, and compose
 * has the last word on the whole. `offline` names those that fleet.yaml gives no way outside. Without compose the rules judge what a YAML library reads. All faults at once; rejects with the file system's errors only.
 */
export async function reviewServices(
  runner: Runner,
  files: readonly ComposeFile[],
  services: readonly string[],
  offline: readonly string[] = [],
): Promise<Review> {
  const reader = await findCompose(runner);
  const texts = new Map(files.map(({ path, content }) => [path, content]));
  const taken = [...servicesOf(texts.get(STACK_FILE)?.toString() ?? ""), ...services, "agent-local"];
  return withStagedFolder(files, async (staged) => {
    const readable = "version" in reader ? services.filter((service) => texts.has(`services/${service}.yml`)) : [];
    const answers = await probe(runner, staged, readable);
    const judgements = services.map((service) =>
      reviewService(texts.get(`services/${service}.yml`)?.toString(), answers.get(service), {
        service,
        taken: taken.filter((name) => name !== service),
        internet: !offline.includes(service),
        look: staged.look,
      }),
    );
    const faults = judgements.flatMap((each) => each.faults);
    const notes = judgements.flatMap((each) => each.notes);
    if (faults.length > 0 || "missing" in reader) return { faults, notes, reader };
    const whole = await askCompose(
      runner,
      { folder: staged.folder, name: "stack-worker" },
      STACK_FILE,
      "config",
      "--quiet",
    );
    if (!whole.ok) return { faults: [refusal(whole.said, "stack-worker")], notes, reader };
    return {
      faults,
      notes: [...notes, ...whole.warnings.map((message) => ({ path: "stack-worker", message }))],
      reader,
    };
  });
}

/**
 * The services as their files say it, with the parts at the top that they name, before fleet.yaml has its say. Compose stops at its first fault, so that where it
 * refuses several files they are asked about in halves.
 */
async function probe(
  runner: Runner,
  staged: StagedFolder,
  services: readonly string[],
): Promise<ReadonlyMap<string, ComposeAnswer>> {
  if (services.length === 0) return new Map();
  const file = (service: string): string => `services/${service}.yml`;
  const content = {
    include: services.map((service) => ({ path: [file(service), "rendered/no-services.yml"] })),
    services: Object.fromEntries(services.map((service) => [service, { extends: { file: file(service), service } }])),
  };
  await writeFile(`${staged.folder}/${PROBE_FILE}`, JSON.stringify(content));
  const answer = await askCompose(runner, { folder: staged.folder, name: "stack-worker" }, PROBE_FILE, ...AS_WRITTEN);
  if (answer.ok || services.length === 1) return new Map(services.map((service) => [service, answer]));
  const half = Math.ceil(services.length / 2);
  return new Map([
    ...(await probe(runner, staged, services.slice(0, half))),
    ...(await probe(runner, staged, services.slice(half))),
  ]);
}
