import type { FleetConfig } from "@compose-fleet/policy";
import { CliError, exitCodes } from "../cli-error.ts";
import type { RenderedFile } from "../render/index.ts";
import type { Progress } from "../setup/index.ts";
import type { Registry } from "./ecr-registry.ts";
import type { Commit, Source } from "./git-source.ts";
import type { ImageMaker } from "./image-maker.ts";
import { repositoryName } from "./image-reference.ts";
import type { OwnImage } from "./own-image.ts";
import { type MachineKind, parseRevisionInfo, revisionFile, shortCommit, stackFolders } from "./revision.ts";
import type { RevisionStore } from "./s3-revisions.ts";
import { type Staged, stageStack } from "./stage.ts";
import { packTgz, readFromTgz } from "./tar.ts";

export interface MakeDeps {
  readonly source: Pick<Source, "files">;
  readonly maker: ImageMaker;
  readonly registry: Registry;
  readonly store: RevisionStore;
  /** Throws `CliError` where compose cannot read a staged stack. */
  readonly checkCompose: (kind: MachineKind, files: Staged["files"]) => Promise<void>;
  readonly progress: Progress;
}

export interface MakeRequest {
  readonly config: FleetConfig;
  readonly commit: Commit;
  readonly fleetFile: Buffer;
  readonly rendered: readonly RenderedFile[];
  readonly images: readonly OwnImage[];
  readonly kinds: readonly MachineKind[];
  /** Only these services' images are made anew; the others stay at what the machines run. Undefined: all are. */
  readonly services: readonly string[] | undefined;
  /** The revision that the workers run, where there is one. */
  readonly current: string | undefined;
  /** USER@HOST. */
  readonly author: string;
  readonly nowMs: number;
}

/**
 * Makes the images and revisions of a commit and puts them where the machines find them; everything is checked before the first thing is pushed.
 * Idempotent: what is there already is neither built nor pushed again. Throws `CliError` with a sentence, and AWS's errors.
 */
export async function makeRevisions(
  deps: MakeDeps,
  request: MakeRequest,
): Promise<Readonly<Partial<Record<MachineKind, Staged>>>> {
  const { source, maker, registry, store, progress } = deps;
  const { config, commit, kinds } = request;
  const step = progress.step("Images");
  const references: Record<string, string> = {};
  const missing: { image: OwnImage; reference: string }[] = [];
  try {
    const login = await registry.signIn();
    const kept = await keptImages(store, request);
    for (const image of request.images) {
      const former = kept[image.name];
      if (former !== undefined) {
        references[image.name] = former;
        continue;
      }
      step.update(`preparing ${image.name}`);
      const tag = `${shortCommit(commit.id)}-${await maker.prepare(image)}`;
      const repository = repositoryName(config, image.name);
      const reference = `${login.host}/${repository}:${tag}`;
      references[image.name] = reference;
      if (!(await registry.has(repository, tag))) missing.push({ image, reference });
    }
    const made: Partial<Record<MachineKind, Staged>> = {};
    for (const kind of kinds) {
      const staged = stageStack({
        kind,
        files: await source.files(stackFolders[kind]),
        rendered: request.rendered,
        images: references,
        fleetFile: request.fleetFile,
        origin: {
          commit: commit.id,
          subject: commit.subject,
          createdAt: new Date(request.nowMs).toISOString(),
          createdBy: request.author,
        },
      });
      step.update(`checking ${stackFolders[kind]}`);
      await deps.checkCompose(kind, staged.files);
      made[kind] = staged;
    }
    for (const { image, reference } of missing) {
      step.update(`building ${image.name}`);
      await maker.build(image, reference);
    }
    for (const { image, reference } of missing) {
      step.update(`pushing ${image.name}`);
      await maker.push(reference, login);
    }
    step.done(
      missing.length === 0
        ? "all are in the registry already"
        : `${missing.map(({ image }) => image.name).join(", ")} built and pushed`,
    );
    for (const kind of kinds) await upload(deps, kind, made[kind]);
    return made;
  } catch (error) {
    step.fail("nothing was deployed");
    throw error;
  }
}

async function upload({ store, progress }: MakeDeps, kind: MachineKind, staged: Staged | undefined): Promise<void> {
  if (staged === undefined) return;
  const outcome = await store.put(kind, staged.revision, packTgz(staged.files));
  progress.note(`Revision ${staged.revision} for ${kind}: ${outcome}`);
}

/** What the machines run of the images that are not to be made anew. */
async function keptImages(store: RevisionStore, request: MakeRequest): Promise<Readonly<Record<string, string>>> {
  const { services, current, images } = request;
  if (services === undefined) return {};
  if (current === undefined)
    throw new CliError(
      "Nothing was released yet, so there are no other services to keep as they are: release everything first, without --service.",
      exitCodes.usage,
    );
  const text = readFromTgz(await store.get("workers", current), revisionFile)?.toString();
  if (text === undefined)
    throw new CliError(`The revision ${current} has no ${revisionFile}: release without --service.`);
  const former = parseRevisionInfo(text).images;
  const wanted = images.filter(({ name }) => !services.includes(name)).map(({ name }) => name);
  // A service that is new in the fleet file has no former image: it is made.
  return Object.fromEntries(Object.entries(former).filter(([name]) => wanted.includes(name)));
}
