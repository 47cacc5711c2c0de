import type { FleetConfig } from "@compose-fleet/fleet";
import { type MachineKind, machineKinds, repositoryName, THIRD_PARTY } from "@compose-fleet/fleet";
import type { Progress } from "@compose-fleet/process";
import { CliError, exitCodes } from "@compose-fleet/process";
import type { RevisionStore } from "@compose-fleet/releases";
import { parseRevisionInfo, revisionFile, shortCommit, stackFolders } from "@compose-fleet/releases";
import type { RenderedFile } from "@compose-fleet/render";
import { copyImages } from "./copy-images.ts";
import type { Registry } from "./ecr-registry.ts";
import type { Commit, Source } from "./git-source.ts";
import type { ImageMaker, RegistryLogin } from "./image-maker.ts";
import type { OwnImage } from "./own-image.ts";
import { type Staged, stageStack } from "./stage.ts";
import { packTgz, readFromTgz } from "./tar.ts";
import { type Copies, imageVariables, pinImages, thirdPartyImages } from "./third-party-images.ts";

export interface MakeDeps {
  readonly source: Pick<Source, "files">;
  readonly maker: ImageMaker;
  readonly registry: Registry;
  readonly store: Pick<RevisionStore, "put" | "has" | "get">;
  /** The images that a staged stack would run. Throws `CliError` where compose cannot read it. */
  readonly checkCompose: (kind: MachineKind, files: Staged["files"]) => Promise<readonly string[]>;
  /** Images of this machine that stand for others', by variable; none but in a local fleet. */
  readonly standIns: Readonly<Record<string, string>>;
  readonly sleep: (ms: number) => Promise<void>;
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
  /** Whether newer images are looked for under the names of images of others; else those that run stay. */
  readonly refresh: boolean;
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
    const former = await formerRevisions(deps.store, request.current);
    const choices = await chooseImages(deps, request, { former: former?.images, host: login.host }, step.update);
    const drafts: Draft[] = [];
    for (const kind of request.kinds) {
      step.update(`checking ${stackFolders[kind]}`);
      drafts.push(await stage(deps, request, kind, choices, {}));
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
    const copies = await copyThirdParty(
      deps,
      request,
      drafts,
      { former: former?.thirdParty ?? {}, login },
      step.update,
    );
    const made: Partial<Record<MachineKind, Staged>> = {};
    for (const kind of request.kinds) {
      const { staged } = await stage(deps, request, kind, choices, copies);
      made[kind] = staged;
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
  { maker, registry }: MakeDeps,
  { config, commit, kinds, services, images }: MakeRequest,
  { former, host }: { readonly former: Readonly<Record<string, string>> | undefined; readonly host: string },
  update: (text: string) => void,
): Promise<readonly Choice[]> {
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
    const has = async (one: string) => (await registry.find(repository, one)) !== undefined;
    if (isSame && (await has(runningTag)))
      choices.push({ image, reference: referenceOf(runningTag), isMissing: false });
    else choices.push({ image, reference: referenceOf(tag), isMissing: !(await has(tag)) });
  }
  return choices;
}

/** The images that the machines run, ours by name and copies by what they are copies of; undefined where nothing was released yet. */
async function formerRevisions(store: MakeDeps["store"], current: MakeRequest["current"]) {
  let found: Pick<Staged["info"], "images" | "thirdParty"> | undefined;
  for (const kind of machineKinds) {
    const revision = current[kind];
    // The bucket may have forgotten it.
    if (revision === undefined || !(await store.has(kind, revision))) continue;
    const text = (await readFromTgz(await store.get(kind, revision), revisionFile))?.toString();
    if (text === undefined) continue;
    const { images, thirdParty } = parseRevisionInfo(text);
    found = { images: { ...found?.images, ...images }, thirdParty: { ...found?.thirdParty, ...thirdParty } };
  }
  return found;
}

/** A staged stack, and the images that it would run. */
interface Draft {
  readonly staged: Staged;
  readonly images: readonly string[];
}

async function copyThirdParty(
  { maker, registry, sleep, standIns, progress }: MakeDeps,
  { config, refresh }: MakeRequest,
  drafts: readonly Draft[],
  { former, login }: { readonly former: Copies; readonly login: RegistryLogin },
  update: (text: string) => void,
): Promise<Copies> {
  const references = thirdPartyImages(
    drafts.flatMap(({ images }) => images),
    login.host,
  );
  const variables = imageVariables(drafts.flatMap(({ staged }) => staged.files));
  const here = references.flatMap((reference) => {
    const image = standIns[variables.get(reference) ?? ""];
    return image === undefined ? [] : [[reference, image] as const];
  });
  const copies = await copyImages(
    { maker, registry, sleep, update },
    { references, standIns: new Map(here), former, refresh, repository: repositoryName(config, THIRD_PARTY), login },
  );
  const left = drafts.map(({ staged }) => pinImages(staged.files, copies).left);
  for (const reference of references.filter((one) => left.every((those) => those.includes(one))))
    progress.note(
      `${reference} stays as it is, since a compose file makes its name up: each machine pulls it by itself`,
    );
  return copies;
}

async function stage(
  { source, checkCompose }: MakeDeps,
  request: MakeRequest,
  kind: MachineKind,
  all: readonly Choice[],
  copies: Copies,
): Promise<Draft> {
  const { commit, rendered, fleetFile, author, nowMs } = request;
  const own = all.filter(({ image }) => image.runsOn === kind);
  const staged = stageStack({
    kind,
    files: await source.files(stackFolders[kind]),
    rendered,
    images: Object.fromEntries(own.map(({ image, reference }) => [image.name, reference])),
    copies,
    fleetFile,
    origin: {
      commit: commit.id,
      subject: commit.subject,
      createdAt: new Date(nowMs).toISOString(),
      createdBy: author,
    },
  });
  return { staged, images: await checkCompose(kind, staged.files) };
}

async function upload({ store, progress }: MakeDeps, kind: MachineKind, staged: Staged | undefined): Promise<void> {
  if (staged === undefined) return;
  const outcome = await store.put(kind, staged.revision, await packTgz(staged.files));
  progress.note(`Revision ${staged.revision} for ${kind}: ${outcome}`);
}
