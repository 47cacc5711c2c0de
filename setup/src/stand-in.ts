import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Progress } from "@compose-fleet/process";
import { command, type Runner } from "@compose-fleet/process";
import type { DebFile } from "./deb-file.ts";
import type { Host } from "./host.ts";
import { inParallel } from "./in-parallel.ts";
import { downloadNode } from "./node-binary.ts";
import { openPrivateApt, type PrivateApt, standInSuite } from "./private-apt.ts";
import { finishRootfs, packRootfs } from "./rootfs.ts";
import { runStep } from "./run-step.ts";
import { type Recipe, recipeNamed } from "./stand-in-recipes.ts";

/** What building images out of packages needs. */
export interface StandInDeps {
  readonly runner: Runner;
  readonly host: Host;
  readonly progress: Progress;
  /** The repository's `images/` folder. */
  readonly imagesFolder: string;
  /** Downloads and scratch space; may be deleted at any time. */
  readonly cacheFolder: string;
}

/** The label that tells which recipe an image was built from. */
export const recipeLabel = "compose-fleet.recipe";

/** A fingerprint of everything that makes a recipe's image what it is, its base included; packages keep the version of the day. */
export async function recipeHash(imagesFolder: string, recipe: Recipe): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(recipe));
  const folder = join(imagesFolder, recipe.name);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(file.slice(folder.length)).update(await readFile(file));
  if (recipe.base !== undefined) hash.update(await recipeHash(imagesFolder, recipeNamed(recipe.base)));
  return hash.digest("hex").slice(0, 16);
}

/** The image that an earlier run built from exactly this recipe; undefined if there is none. */
export async function findBuilt(
  deps: Pick<StandInDeps, "runner" | "imagesFolder">,
  recipe: Recipe,
): Promise<string | undefined> {
  const filter = `label=${recipeLabel}=${await recipeHash(deps.imagesFolder, recipe)}`;
  const list = command("docker", "image", "ls", "--filter", filter, "--format", "{{.Repository}}:{{.Tag}}");
  const names = (await runStep(deps.runner, list, "docker image ls failed")).split("\n");
  // Images built on this one inherit its labels, so the name counts too.
  return names.find((name) => name.startsWith(`${recipe.repository}:`) && !name.endsWith(":<none>"));
}

/** Builds the images of the named recipes (and their bases) out of Debian's packages, two at a time. Returns tag by recipe name. Throws `SetupError`. */
export async function buildStandIns(deps: StandInDeps, names: readonly string[]): Promise<Map<string, string>> {
  const wanted = names.map(recipeNamed);
  const bases = [...new Set(wanted.flatMap((recipe) => recipe.base ?? []))].map(recipeNamed);
  const built = new Map<string, string>();
  const missingBases: Recipe[] = [];
  for (const base of bases) {
    const tag = await findBuilt(deps, base);
    if (tag === undefined) missingBases.push(base);
    else built.set(base.name, tag);
  }
  const all = [...missingBases, ...wanted];
  const step = deps.progress.step("Packages for the images");
  const fetched = await fetchPackages(deps, all, (text) => step.update(text)).catch((error: unknown) => {
    step.fail("not available");
    throw error;
  });
  step.done(`for ${all.map((recipe) => recipe.name).join(", ")}`);

  for (const group of [missingBases, wanted]) {
    const tags = await inParallel(2, group, (recipe) => build(deps, fetched, recipe, built));
    for (const [i, recipe] of group.entries()) built.set(recipe.name, tags[i] ?? "");
  }
  return built;
}

interface Fetched {
  /** By Debian release. */
  readonly apts: ReadonlyMap<string, PrivateApt>;
  readonly debs: ReadonlyMap<string, readonly DebFile[]>;
  readonly node: { readonly version: string; readonly archive: string } | undefined;
}

async function fetchPackages(
  deps: StandInDeps,
  all: readonly Recipe[],
  update: (text: string) => void,
): Promise<Fetched> {
  const nodeMajor = all.find((recipe) => recipe.nodeMajor !== undefined)?.nodeMajor;
  const node =
    nodeMajor === undefined ? undefined : downloadNode(deps.runner, nodeMajor, join(deps.cacheFolder, "npm"));
  // Awaited below; until then its failure must not count as unhandled.
  node?.catch(() => undefined);
  update("reading package lists");
  const apts = new Map<string, PrivateApt>();
  const debs = new Map<string, readonly DebFile[]>();
  for (const suite of new Set(all.map(suiteOf))) {
    // Packages of two releases share names, so each release has a folder of its own.
    const folder = join(deps.cacheFolder, suite === standInSuite ? "apt" : `apt-${suite}`);
    const apt = await openPrivateApt({ ...deps, suite, folder });
    apts.set(suite, apt);
    const recipes = all.filter((recipe) => suiteOf(recipe) === suite);
    for (const recipe of recipes) debs.set(recipe.name, await resolve(apt, recipe));
    const files = recipes.flatMap((recipe) => debs.get(recipe.name) ?? []);
    update(`downloading ${new Set(files.map((deb) => deb.file)).size} packages`);
    await apt.download(files);
  }
  return { apts, debs, node: await node };
}

function suiteOf(recipe: Recipe): string {
  return recipe.suite ?? standInSuite;
}

async function resolve(apt: PrivateApt, recipe: Recipe): Promise<readonly DebFile[]> {
  if (recipe.packages.length === 0) return [];
  const closure = await apt.closure(recipe.packages);
  if (recipe.dependencies === "named") return closure.filter((deb) => recipe.packages.includes(deb.name));
  if (recipe.base === undefined) return closure;
  const base = new Set((await apt.closure(recipeNamed(recipe.base).packages)).map((deb) => deb.file));
  return closure.filter((deb) => !base.has(deb.file));
}

async function build(
  deps: StandInDeps,
  fetched: Fetched,
  recipe: Recipe,
  built: ReadonlyMap<string, string>,
): Promise<string> {
  const { runner, imagesFolder } = deps;
  const step = deps.progress.step(`Image ${recipe.name}`);
  const source = join(imagesFolder, recipe.name);
  const scratch = join(deps.cacheFolder, "build", recipe.name);
  const root = join(scratch, "root");
  const context = join(scratch, "context");
  try {
    const debs = fetched.debs.get(recipe.name) ?? [];
    const tag = `${recipe.repository}:${versionOf(recipe, debs, fetched)}`;
    await rm(scratch, { recursive: true, force: true });
    await mkdir(context, { recursive: true });
    step.update("unpacking");
    const apt = fetched.apts.get(suiteOf(recipe));
    await apt?.unpack(debs, root);
    if (recipe.nodeMajor !== undefined && fetched.node !== undefined) {
      const bin = join(root, "usr/local/bin");
      await mkdir(bin, { recursive: true });
      const args = ["-xzf", fetched.node.archive, "-C", bin, "--strip-components=2", "package/bin/node"];
      await runStep(runner, { file: "tar", args }, "could not unpack Node");
    }
    await finishRootfs(deps, recipe, root, join(source, "overlay"));
    if (recipe.installed === true && apt !== undefined) {
      await apt.copy(debs, join(root, "var/cache/debs"));
      await writeFile(join(root, "etc/apt/sources.list"), `deb ${apt.mirror} ${suiteOf(recipe)} main\n`);
    }
    await packRootfs(runner, recipe, root, join(context, "rootfs.tar"));
    await cp(join(source, "Dockerfile.standin"), join(context, "Dockerfile"));
    step.update("docker build");
    const base = recipe.base === undefined ? [] : ["--build-arg", `BASE=${built.get(recipe.base) ?? ""}`];
    const label = `${recipeLabel}=${await recipeHash(imagesFolder, recipe)}`;
    await runStep(
      runner,
      command("docker", "build", "-q", "--label", label, ...base, "-t", tag, context),
      `could not build ${tag}`,
    );
    await checkImage(runner, recipe, tag).catch(async (error: unknown) => {
      // Otherwise the next run would find it and take it for good.
      await runner.run(command("docker", "rmi", tag));
      throw error;
    });
    step.done(tag);
    return tag;
  } catch (error) {
    step.fail("not built");
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Runs the recipe's check in a container without a network. Throws `SetupError` where the image does not work. */
export async function checkImage(runner: Runner, recipe: Recipe, tag: string): Promise<string> {
  const entrypoint = recipe.check.entrypoint === undefined ? [] : ["--entrypoint", recipe.check.entrypoint];
  const args = ["run", "--rm", "--network", "none", ...entrypoint, tag, ...recipe.check.args];
  return runStep(runner, { file: "docker", args, timeoutMs: 60_000 }, `${tag} was built but does not run`);
}

function versionOf(recipe: Recipe, debs: readonly DebFile[], fetched: Fetched): string {
  if (recipe.tag === "npm") return fetched.node?.version ?? "unknown";
  if ("fixed" in recipe.tag) return recipe.tag.fixed;
  const name = recipe.tag.versionOf;
  return debs.find((deb) => deb.name === name)?.version ?? "unknown";
}
