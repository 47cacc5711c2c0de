import type { FleetConfig } from "@compose-fleet/policy";
import { CliError, exitCodes } from "../cli-error.ts";
import type { RenderedFile } from "../render/index.ts";
import type { Progress } from "../setup/index.ts";
import type { Registry } from "./ecr-registry.ts";
import type { Commit, Source } from "./git-source.ts";
import type { ImageMaker } from "./image-maker.ts";
import { repositoryName } from "./image-reference.ts";
import type { OwnImage } from "./own-image.ts";
import {
  type MachineKind,
  machineKinds,
  parseRevisionInfo,
  revisionFile,
  shortCommit,
  stackFolders,
} from "./revision.ts";
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
  /** Only these services' images are made anew; the others stay at what the machines run. Undefined: all that have changed are. */
  readonly services: readonly string[] | undefined;
  /** The revisions that the machines run, where there are some. */
  readonly current: Readonly<Partial<Record<MachineKind, string>>>;
  /** USER@HOST. */
  readonly author: string;
  readonly nowMs: number;
}

/** An image of a revision; to be built where the registry does not have it. */
interface Choice {
  readonly image: OwnImage;
  readonly reference: string;
  readonly isMissing: boolean;
}

/**
 * Makes the images and revisions of a commit and puts them where the machines find them; everything is checked before the first thing is pushed.
 * Idempotent: what is there already is neither built nor pushed again. Throws `CliError` with a sentence, and AWS's errors.
 */
export async function makeRevisions(
  deps: MakeDeps,
  request: MakeRequest,
): Promise<Readonly<Partial<Record<MachineKind, Staged>>>> {
  const { maker, progress } = deps;
  const step = progress.step("Images");
  try {
    const login = await deps.registry.signIn();
    const choices = await chooseImages(deps, request, login.host, step.update);
    const made: Partial<Record<MachineKind, Staged>> = {};
    for (const kind of request.kinds) {
      step.update(`checking ${stackFolders[kind]}`);
      made[kind] = await stage(deps, request, kind, choices);
    }
    const missing = choices.filter(({ isMissing }) => isMissing);
    for (const { image, reference } of missing) {
      step.update(`building ${image.name}`);
      await maker.build(image, reference);
    }
    for (const { image, reference } of missing) {
      step.update(`pushing ${image.name}`);
      await maker.push(reference, login);
    }
    const names = missing.map(({ image }) => image.name).join(", ");
    step.done(names === "" ? "all are in the registry already" : `${names} built and pushed`);
    for (const kind of request.kinds) await upload(deps, kind, made[kind]);
    return made;
  } catch (error) {
    step.fail("nothing was deployed");
    throw error;
  }
}

/** Which image each service takes: the one that runs where it would be the same, or is to stay; else one of this commit. */
async function chooseImages(
  { maker, registry, store }: MakeDeps,
  { config, commit, kinds, services, current, images }: MakeRequest,
  host: string,
  update: (text: string) => void,
): Promise<readonly Choice[]> {
  const former = await formerImages(store, current);
  if (services !== undefined && former === undefined)
    throw new CliError(
      "Nothing was released yet, so there are no other services to keep as they are: release everything first, without --service. Nothing was changed.",
      exitCodes.usage,
    );
  const choices: Choice[] = [];
  for (const image of images.filter(({ runsOn }) => kinds.includes(runsOn))) {
    const { name } = image;
    const running = former?.[name];
    if (services !== undefined && !services.includes(name) && running !== undefined) {
      choices.push({ image, reference: running, isMissing: false });
      continue;
    }
    update(`preparing ${name}`);
    const content = await maker.prepare(image);
    const repository = repositoryName(config, name);
    const referenceOf = (tag: string) => `${host}/${repository}:${tag}`;
    const tag = `${shortCommit(commit.id)}-${content}`;
    const runningTag = running?.slice(referenceOf("").length) ?? "";
    // Unchanged, it keeps its name, so that a release does not replace what would be the same.
    const isSame = services === undefined && running === referenceOf(runningTag) && runningTag.endsWith(`-${content}`);
    if (isSame && (await registry.has(repository, runningTag)))
      choices.push({ image, reference: referenceOf(runningTag), isMissing: false });
    else choices.push({ image, reference: referenceOf(tag), isMissing: !(await registry.has(repository, tag)) });
  }
  return choices;
}

/** The images that the machines run, by name; undefined where nothing was released yet. */
async function formerImages(store: RevisionStore, current: MakeRequest["current"]) {
  let found: Readonly<Record<string, string>> | undefined;
  for (const kind of machineKinds) {
    const revision = current[kind];
    // The bucket may have forgotten it.
    if (revision === undefined || !(await store.has(kind, revision))) continue;
    const text = (await readFromTgz(await store.get(kind, revision), revisionFile))?.toString();
    if (text !== undefined) found = { ...found, ...parseRevisionInfo(text).images };
  }
  return found;
}

async function stage(
  { source, checkCompose }: MakeDeps,
  request: MakeRequest,
  kind: MachineKind,
  all: readonly Choice[],
) {
  const { commit, rendered, fleetFile, author, nowMs } = request;
  const own = all.filter(({ image }) => image.runsOn === kind);
  const staged = stageStack({
    kind,
    files: await source.files(stackFolders[kind]),
    rendered,
    images: Object.fromEntries(own.map(({ image, reference }) => [image.name, reference])),
    fleetFile,
    origin: {
      commit: commit.id,
      subject: commit.subject,
      createdAt: new Date(nowMs).toISOString(),
      createdBy: author,
    },
  });
  await checkCompose(kind, staged.files);
  return staged;
}

async function upload({ store, progress }: MakeDeps, kind: MachineKind, staged: Staged | undefined): Promise<void> {
  if (staged === undefined) return;
  const outcome = await store.put(kind, staged.revision, await packTgz(staged.files));
  progress.note(`Revision ${staged.revision} for ${kind}: ${outcome}`);
}
