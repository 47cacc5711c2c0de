import { chmod, copyFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkWritable, makeFolder, PathError, whyOf } from "@compose-fleet/files";
import { command, commandText } from "@compose-fleet/process";
import { obtainConsent } from "./consent.ts";
import { aptInstall, candidateVersion, type DockerDeps } from "./docker-engine.ts";
import { openPrivateApt } from "./private-apt.ts";
import { runStep } from "./run-step.ts";
import { SetupError } from "./setup-error.ts";

/** The oldest compose that knows everything our files use. */
const composeMinimum = [2, 24] as const;

interface Plugin {
  /** As in `docker NAME`. */
  readonly name: "compose" | "buildx";
  readonly version: readonly string[];
  /** Packages that bring it, best first. */
  readonly packages: readonly string[];
  /** Debian's package, for the private root. */
  readonly debian: string;
  readonly minimum: readonly [number, number];
}

const plugins: readonly Plugin[] = [
  {
    name: "compose",
    version: ["compose", "version", "--short"],
    packages: ["docker-compose-v2", "docker-compose-plugin", "docker-compose"],
    debian: "docker-compose",
    minimum: composeMinimum,
  },
  {
    name: "buildx",
    version: ["buildx", "version"],
    packages: ["docker-buildx", "docker-buildx-plugin"],
    debian: "docker-buildx",
    minimum: [0, 10],
  },
];

/** Makes `docker compose` (2.24 or later) and `docker buildx` work, with the user's consent. Returns their versions. Throws `SetupError`; without consent nothing is changed. */
export async function ensurePlugins(deps: DockerDeps): Promise<{ readonly compose: string; readonly buildx: string }> {
  const found = await Promise.all(plugins.map((plugin) => installedVersion(deps, plugin)));
  const missing = plugins.filter((plugin, i) => !isAtLeast(found[i], plugin.minimum));
  if (missing.length > 0) await install(deps, missing, found);
  const [compose, buildx] = await Promise.all(plugins.map((plugin) => installedVersion(deps, plugin)));
  if (!isAtLeast(compose, composeMinimum) || !isAtLeast(buildx, [0, 10])) {
    throw new SetupError(
      `Docker's plugins were installed, but docker reports compose ${compose ?? "missing"} and buildx ${buildx ?? "missing"}. Look for older copies in ~/.docker/cli-plugins.`,
      1,
    );
  }
  return { compose: compose ?? "", buildx: buildx ?? "" };
}

/** Reads "2.40.3-3", "v2.27.0" or "github.com/docker/buildx 0.29.1+ds1 …"; undefined if there is no version in it. */
export function parseVersion(text: string): string | undefined {
  return /(?:^|[\sv])(\d+\.\d+(?:\.\d+)?)/.exec(text)?.[1];
}

/** Whether a version reaches a minimum of major and minor; a missing one does not. */
export function isAtLeast(version: string | undefined, [major, minor]: readonly [number, number]): boolean {
  const [ours = -1, theirs = -1] = (version ?? "").split(".").map(Number);
  return version !== undefined && (ours > major || (ours === major && theirs >= minor));
}

async function installedVersion({ runner }: DockerDeps, plugin: Plugin): Promise<string | undefined> {
  const result = await runner.run({ ...command("docker", ...plugin.version), timeoutMs: 20_000 });
  return result.exitCode === 0 ? parseVersion(result.stdout) : undefined;
}

async function install(
  deps: DockerDeps,
  missing: readonly Plugin[],
  found: readonly (string | undefined)[],
): Promise<void> {
  const { host, actor, runner, progress } = deps;
  if (!host.exists("/usr/bin/apt-get")) {
    throw new SetupError(
      `${describe(missing, found)} Install them (https://docs.docker.com/compose/install/), then try again.`,
    );
  }
  const packages = new Map<string, string>();
  for (const plugin of missing) {
    const name = await ownPackage(deps, plugin);
    if (name !== undefined) packages.set(plugin.name, name);
  }
  const fromOwn = [...packages.values()];
  const fromDebian = missing.filter((plugin) => !packages.has(plugin.name));
  const folder = join(host.home, ".docker", "cli-plugins");
  if (fromDebian.length > 0) await checkHome(host.home, folder);
  await obtainConsent(
    {
      found: describe(missing, found),
      would: [
        ...(fromOwn.length > 0 ? [`install ${fromOwn.join(" and ")}`] : []),
        ...(fromDebian.length > 0
          ? [`put Debian's ${fromDebian.map((p) => p.debian).join(" and ")} into ${folder}`]
          : []),
      ].join(" and "),
      commands: [
        ...(fromOwn.length > 0 ? [`sudo ${commandText(aptInstall(fromOwn))}`] : []),
        ...(fromDebian.length > 0 ? [`mkdir -p ${folder}`] : []),
        ...fromDebian.map(
          (p) => `curl -fLo ${folder}/docker-${p.name} ${releaseOf(p.name)} && chmod +x ${folder}/docker-${p.name}`,
        ),
      ],
      needsRoot: fromOwn.length > 0,
    },
    actor,
  );
  const step = progress.step("Docker plugins");
  try {
    if (fromOwn.length > 0) {
      step.update(fromOwn.join(", "));
      await runStep(runner, aptInstall(fromOwn), `could not install ${fromOwn.join(", ")}`);
    }
    if (fromDebian.length > 0) await installFromDebian(deps, fromDebian, folder, (text) => step.update(text));
    step.done(missing.map((plugin) => plugin.name).join(", "));
  } catch (error) {
    step.fail("not installed");
    throw error;
  }
}

/** Where Docker looks for plugins of a person. Throws `SetupError` where it cannot be written, before anybody is asked. */
async function checkHome(home: string, folder: string): Promise<void> {
  try {
    await checkWritable(join(folder, "docker-compose"), 1);
  } catch (error) {
    const why = whyOf(error instanceof PathError ? error.cause : error);
    throw new SetupError(
      `Docker's plugins belong into ${folder}, which cannot be written: ${why}. HOME is ${home}: set it to a folder of yours, then try again.`,
    );
  }
}

/** The first package of this machine's own apt that brings the plugin in a version that will do. */
async function ownPackage({ runner }: DockerDeps, plugin: Plugin): Promise<string | undefined> {
  for (const name of plugin.packages) {
    const version = (await candidateVersion(runner, name))?.replace(/^\d+:/, "");
    if (version !== undefined && isAtLeast(parseVersion(version), plugin.minimum)) return name;
  }
  return undefined;
}

async function installFromDebian(
  { runner, host, stateFolder, progress }: DockerDeps,
  missing: readonly Plugin[],
  folder: string,
  update: (text: string) => void,
): Promise<void> {
  update("reading package lists");
  const cache = join(stateFolder, "cache");
  const apt = await openPrivateApt({ runner, host, progress, folder: join(cache, "apt") });
  const names = missing.map((plugin) => plugin.debian);
  const debs = (await apt.closure(names)).filter((deb) => names.includes(deb.name));
  update("downloading");
  await apt.download(debs);
  const unpacked = join(cache, "plugins");
  await apt.unpack(debs, unpacked);
  await makeFolder(folder);
  for (const plugin of missing) {
    const target = join(folder, `docker-${plugin.name}`);
    // Docker looks at whatever begins with docker-.
    const arriving = join(folder, `.docker-${plugin.name}.new`);
    await copyFile(join(unpacked, "usr/libexec/docker/cli-plugins", `docker-${plugin.name}`), arriving);
    await chmod(arriving, 0o755);
    await rename(arriving, target);
  }
  await rm(unpacked, { recursive: true });
}

function describe(missing: readonly Plugin[], found: readonly (string | undefined)[]): string {
  const parts = missing.map((plugin) => {
    const version = found[plugins.indexOf(plugin)];
    return `docker ${plugin.name} is ${version === undefined ? "missing" : `too old (${version}; ${plugin.minimum.join(".")} is needed)`}`;
  });
  const text = `${parts.join(", and ")}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function releaseOf(name: Plugin["name"]): string {
  const project = `https://github.com/docker/${name}/releases`;
  return name === "compose"
    ? `${project}/latest/download/docker-compose-linux-$(uname -m)`
    : `${project}/download/v0.29.1/buildx-v0.29.1.linux-amd64`;
}
