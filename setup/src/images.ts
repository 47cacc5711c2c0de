import { join } from "node:path";
import type { Progress } from "@compose-fleet/process";
import { command, type Runner } from "@compose-fleet/process";
import type { Host } from "./host.ts";
import { type CatalogEntry, type ImageVariable, imageCatalog, wantedImages } from "./image-catalog.ts";
import { createImagePuller, type ImagePuller } from "./image-pull.ts";
import { readImagesEnv, writeImagesEnv } from "./images-env.ts";
import { inParallel } from "./in-parallel.ts";
import { buildMtail } from "./mtail-image.ts";
import { SetupError } from "./setup-error.ts";
import { buildStandIns, findBuilt } from "./stand-in.ts";
import { recipeNamed } from "./stand-in-recipes.ts";

/** What ensuring images needs. */
export interface ImagesDeps {
  readonly runner: Runner;
  readonly host: Host;
  readonly progress: Progress;
  /** The repository's `images/` folder. */
  readonly imagesFolder: string;
  /** Folder for `images.env` and the cache (`.fleet`). */
  readonly stateFolder: string;
}

/** What to ensure. */
export interface ImagesRequest {
  /** Images beyond those every fleet has. */
  readonly extra?: readonly ImageVariable[];
  /** Images the user names instead of the defaults (environment variables of the same names). */
  readonly overrides?: Partial<Readonly<Record<ImageVariable, string | undefined>>>;
  /** Ask the registry again, also where a stand-in of an earlier run would do. */
  readonly refresh?: boolean;
}

/** Where an image came from. */
export type ImageOrigin = "given" | "local" | "pulled" | "built" | "stand-in";

/** The images to use: by variable, with where each came from. An optional image that cannot be had is absent. */
export interface EnsuredImages {
  readonly images: Partial<Record<ImageVariable, string>>;
  readonly origins: Partial<Record<ImageVariable, ImageOrigin>>;
  /** The file that holds `images` as KEY=value lines. */
  readonly envFile: string;
}

type Found =
  | { readonly image: string; readonly origin: ImageOrigin }
  /** Not to be had from a registry, and why. */
  | { readonly unavailable: string; readonly instead: "build" | "leave out" };

interface Search {
  readonly deps: ImagesDeps;
  readonly puller: ImagePuller;
  readonly request: ImagesRequest;
  readonly update: (text: string) => void;
}

/**
 * Makes every image of the fleet available: present already, else pulled, else built from Debian packages. Writes `images.env` once all are there.
 * Throws `SetupError` where an image cannot be had; `images.env` is then as before.
 */
export async function ensureImages(deps: ImagesDeps, request: ImagesRequest = {}): Promise<EnsuredImages> {
  const entries = wantedImages(request.extra ?? []);
  const found = await findAll(deps, request, entries);
  const recipesToBuild = entries.flatMap((entry, i) => (needsBuild(found[i]) ? (entry.recipe ?? []) : []));
  const builder = { ...deps, cacheFolder: join(deps.stateFolder, "cache") };
  const tags = recipesToBuild.length === 0 ? new Map<string, string>() : await buildStandIns(builder, recipesToBuild);

  const images: Partial<Record<ImageVariable, string>> = {};
  const origins: Partial<Record<ImageVariable, ImageOrigin>> = {};
  for (const [i, entry] of entries.entries()) {
    const outcome = found[i];
    const image = outcome !== undefined && "image" in outcome ? outcome.image : tags.get(entry.recipe ?? "");
    if (image === undefined) continue;
    images[entry.variable] = image;
    origins[entry.variable] = outcome !== undefined && "image" in outcome ? outcome.origin : ownOrigin(entry);
  }
  const envFile = join(deps.stateFolder, "images.env");
  await writeImagesEnv(envFile, { ...(await keptExtras(deps.runner, envFile, entries)), ...images });
  return { images, origins, envFile };
}

async function findAll(deps: ImagesDeps, request: ImagesRequest, entries: readonly CatalogEntry[]): Promise<Found[]> {
  const step = deps.progress.step("Images");
  const search = { deps, request, puller: createImagePuller(deps.runner), update: (text: string) => step.update(text) };
  try {
    const found = await inParallel(3, entries, (entry) => find(search, entry));
    const count = (origin: string) => found.filter((one) => "origin" in one && one.origin === origin).length;
    const pulled = count("pulled");
    step.done(
      `${found.filter((one) => "image" in one).length - pulled} of ${found.length} here already${pulled === 0 ? "" : `, ${pulled} pulled`}`,
    );
    const reasons = new Set(found.flatMap((one) => ("unavailable" in one ? one.unavailable : [])));
    for (const why of reasons) {
      const names = entries.filter((_, i) => unavailability(found[i]) === why);
      const built = names.filter((entry) => entry.recipe !== undefined).map((entry) => entry.recipe);
      const left = names.filter((entry) => entry.recipe === undefined).map((entry) => entry.upstream);
      if (built.length > 0) deps.progress.note(`${why}: built from Debian packages instead: ${built.join(", ")}`);
      if (left.length > 0) deps.progress.note(`${why}: left out: ${left.join(", ")}`);
    }
    return found;
  } catch (error) {
    step.fail("not available");
    throw error;
  }
}

async function find(search: Search, entry: CatalogEntry): Promise<Found> {
  const { deps, puller, request, update } = search;
  const given = request.overrides?.[entry.variable];
  if (given !== undefined && given !== "") return useGiven(search, entry, given);
  if (entry.kind !== "built" && (await isPresent(deps.runner, entry.upstream))) {
    return { image: entry.upstream, origin: "local" };
  }
  if (entry.recipe !== undefined && (request.refresh !== true || entry.kind === "built")) {
    const earlier = await findBuilt(deps, recipeNamed(entry.recipe));
    if (earlier !== undefined) return { image: earlier, origin: ownOrigin(entry) };
  }
  const instead = entry.recipe === undefined ? "leave out" : "build";
  update(`pulling ${entry.upstream}`);
  const outcome = await puller.pull(entry.upstream, (line) => update(`${entry.upstream}: ${line}`));
  if (outcome.kind === "unreachable")
    return { unavailable: `The registry ${outcome.registry} cannot be reached`, instead };
  if (outcome.kind === "refused")
    return { unavailable: `${entry.upstream} cannot be pulled (${outcome.why})`, instead };
  if (entry.kind !== "built") return { image: entry.upstream, origin: "pulled" };
  try {
    update(`building ${entry.recipe} on ${entry.upstream}`);
    return { image: await buildMtail(deps, entry.upstream), origin: "built" };
  } catch (error) {
    // Without a package mirror inside the build, the package can still come from outside of it.
    if (!(error instanceof SetupError)) throw error;
    return { unavailable: `The build on ${entry.upstream} failed`, instead };
  }
}

async function useGiven({ deps, puller, update }: Search, entry: CatalogEntry, given: string): Promise<Found> {
  if (await isPresent(deps.runner, given)) return { image: given, origin: "given" };
  update(`pulling ${given}`);
  const outcome = await puller.pull(given, (line) => update(`${given}: ${line}`));
  if (outcome.kind === "pulled") return { image: given, origin: "given" };
  throw new SetupError(
    `${entry.variable} is ${given}, which is neither on this machine nor can it be pulled: ${outcome.why}\nCorrect it, or unset ${entry.variable} to use the default.`,
  );
}

/** Images that an earlier run was asked for and this one was not: kept while they exist, so that a plain set-up takes nothing away. */
async function keptExtras(
  runner: Runner,
  envFile: string,
  entries: readonly CatalogEntry[],
): Promise<Record<string, string>> {
  const kept: Record<string, string> = {};
  const earlier = await readImagesEnv(envFile);
  for (const { variable } of imageCatalog) {
    const image = earlier[variable];
    if (image === undefined || entries.some((entry) => entry.variable === variable)) continue;
    if (await isPresent(runner, image)) kept[variable] = image;
  }
  return kept;
}

function needsBuild(found: Found | undefined): boolean {
  return found !== undefined && "instead" in found && found.instead === "build";
}

function unavailability(found: Found | undefined): string | undefined {
  return found !== undefined && "unavailable" in found ? found.unavailable : undefined;
}

function ownOrigin(entry: CatalogEntry): ImageOrigin {
  return entry.kind === "built" ? "built" : "stand-in";
}

async function isPresent(runner: Runner, image: string): Promise<boolean> {
  return (await runner.run(command("docker", "image", "inspect", "--format", "{{.Id}}", image))).exitCode === 0;
}
