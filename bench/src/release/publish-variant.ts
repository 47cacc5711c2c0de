import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReleasePlace } from "@compose-fleet/cli/release";
import { author, makeDeps, packTgz, stageStack } from "@compose-fleet/cli/release";
import type { CliContext } from "@compose-fleet/cli/run";
import { imageVariable, repositoryName } from "@compose-fleet/fleet";
import { command, must } from "@compose-fleet/process";
import { shortCommit, stackFolders } from "@compose-fleet/releases";
import { renderStacks } from "@compose-fleet/render";
import { recipeOf, type Variant } from "./variant.ts";

export interface PublishDeps {
  readonly context: CliContext;
  readonly place: ReleasePlace;
  /** The service whose versions these are. */
  readonly service: string;
  /** The images that the local fleet was started with, by variable. */
  readonly images: Readonly<Record<string, string>>;
}

/** Makes a version's image and its revision, as `fleet release` does but from no commit, and puts both where workers find them. */
export async function publishVariant({ context, place, service, images }: PublishDeps, variant: Variant) {
  const { runner } = context.machine;
  const { source, registry, store, maker } = makeDeps(context, place);
  const image = (name: string) => images[imageVariable(name)] ?? "";
  const recipe = recipeOf(variant, image(service));
  const commit = createHash("sha1").update(variant.payload).digest("hex");
  const content = createHash("sha256").update(recipe).digest("hex").slice(0, 12);
  const login = await registry.signIn();
  const reference = `${login.host}/${repositoryName(place.config, service)}:${shortCommit(commit)}-${content}`;
  if (variant.isPushed) {
    const folder = await mkdtemp(join(tmpdir(), "fleet-variant-"));
    try {
      await writeFile(join(folder, "Dockerfile"), recipe);
      await must(runner, command("docker", "build", "--quiet", "--tag", reference, folder));
      await maker.push(reference, login);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const staged = stageStack({
    kind: "workers",
    files: variant.edit(await source.files(stackFolders.workers)),
    rendered: renderStacks(place.config),
    // The machines' own stand-ins are what is measured.
    copies: {},
    images: { wh: image("wh"), mtail: image("mtail"), [service]: reference },
    fleetFile: await readFile(place.fleetFile),
    origin: { commit, subject: variant.payload, createdAt: new Date().toISOString(), createdBy: author() },
  });
  await store.put("workers", staged.revision, await packTgz(staged.files));
  return { revision: staged.revision, image: reference };
}
