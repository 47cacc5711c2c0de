import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Runner } from "@compose-fleet/process";
import { CliError, type Command, command, tailOf } from "@compose-fleet/process";
import { contentHash } from "./content-hash.ts";
import type { OwnImage } from "./own-image.ts";
import type { StackFile } from "./stack-file.ts";

/** How to sign in to a registry, for some hours. Never shown, never written outside of a folder that is removed at once. */
export interface RegistryLogin {
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

/** Makes images of this repository. Each method throws `CliError` with the end of what the failing program said. */
export interface ImageMaker {
  /** Bundles what has to be, and returns 12 digits that change with anything the image is made from. */
  prepare(image: OwnImage): Promise<string>;
  /** Builds the image under this reference. */
  build(image: OwnImage, reference: string): Promise<void>;
  /** Pushes it, and forgets the reference on this machine. */
  push(reference: string, login: RegistryLogin): Promise<void>;
  /** Gets somebody else's image for the machines' processors, and returns its id. In a local fleet, one of this machine is taken as it is. */
  pull(reference: string): Promise<string>;
  /** Pushes an image of this machine under another reference. */
  pushAs(image: string, reference: string, login: RegistryLogin): Promise<void>;
}

/** What a machine without AWS's registries takes instead: images that are here already. */
export interface LocalBases {
  /** The image that bundled services are built on. */
  readonly nodeImage: string;
  /** mtail as it is. */
  readonly mtailImage: string;
  /** Images that are not ours, by the variable that compose files name them by. */
  readonly standIns: Readonly<Record<string, string>>;
}

export interface ImageMakerDeps {
  readonly runner: Runner;
  readonly root: string;
  /** What the machines' processors run: linux/amd64 or linux/arm64. */
  readonly platform: string;
  readonly local?: LocalBases;
}

/** An image maker that uses npm and Docker of this machine. */
export function createImageMaker({ runner, root, platform, local }: ImageMakerDeps): ImageMaker {
  const bases = new Map<string, string>();
  async function succeed(what: Command, title: string): Promise<string> {
    const result = await runner.run({ cwd: root, timeoutMs: 1_800_000, ...what });
    if (result.missing) throw new CliError(`${what.file} is not installed: ${title} needs it.`);
    if (result.exitCode !== 0)
      throw new CliError(`${title} failed (exit code ${result.exitCode}):\n${tailOf(result, 15)}`);
    return result.stdout.trim();
  }
  async function idOf(image: string): Promise<string> {
    const id = bases.get(image) ?? (await succeed(inspect(image), `Looking up ${image}`));
    bases.set(image, id);
    return id;
  }
  const inspect = (image: string) => command("docker", "image", "inspect", "--format", "{{.Id}}", image);
  const isLocalMtail = ({ name }: OwnImage) => local !== undefined && name === "mtail";

  async function push(reference: string, login: RegistryLogin): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "fleet-registry-"));
    try {
      const auth = Buffer.from(`${login.username}:${login.password}`).toString("base64");
      await writeFile(join(folder, "config.json"), JSON.stringify({ auths: { [login.host]: { auth } } }), {
        mode: 0o600,
      });
      // Which engine is meant is said in the usual folder, which this one stands in for.
      const engine = await runner.run(
        command("docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"),
      );
      const env = {
        DOCKER_CONFIG: folder,
        ...(engine.exitCode === 0 && engine.stdout !== "" ? { DOCKER_HOST: engine.stdout.trim() } : {}),
      };
      await succeed({ ...command("docker", "push", "--quiet", reference), env }, `Pushing ${reference}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    await runner.run(command("docker", "image", "rm", reference));
  }

  return {
    prepare: async (image) => {
      if (local !== undefined && isLocalMtail(image)) return contentHash([], await idOf(local.mtailImage));
      if (image.workspace !== undefined)
        await succeed(command("npm", "run", "build", "-s", "--workspace", image.workspace), `Bundling ${image.name}`);
      const base = local === undefined ? platform : await idOf(local.nodeImage);
      return contentHash(await contextFiles(join(root, image.folder)), base);
    },
    build: async (image, reference) => {
      const base = local === undefined ? ["--platform", platform] : ["--build-arg", `NODE_IMAGE=${local.nodeImage}`];
      const build =
        local !== undefined && isLocalMtail(image)
          ? command("docker", "tag", local.mtailImage, reference)
          : command("docker", "build", ...base, "--tag", reference, image.folder);
      await succeed(build, `Building ${image.name}`);
    },
    push,
    pull: async (reference) => {
      const here = local === undefined ? undefined : await runner.run(inspect(reference));
      if (here?.exitCode === 0) return here.stdout.trim();
      await succeed(command("docker", "pull", "--quiet", "--platform", platform, reference), `Fetching ${reference}`);
      return succeed(inspect(reference), `Looking up ${reference}`);
    },
    pushAs: async (image, reference, login) => {
      await succeed(command("docker", "tag", image, reference), `Naming ${image}`);
      await push(reference, login);
    },
  };
}

/** What a build may see of a folder. Times and owners do not count. */
async function contextFiles(folder: string): Promise<StackFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(folder, path).split("/").includes("node_modules"));
  return Promise.all(
    paths.map(async (path) => ({
      path: relative(folder, path),
      mode: ((await stat(path)).mode & 0o100) === 0 ? 0o644 : 0o755,
      content: await readFile(path),
    })),
  );
}
