import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Progress, type Runner, systemClock } from "@compose-fleet/process";
import { findDebianArchive, publicDebianMirror } from "./apt-sources.ts";
import { type DebFile, parsePrintUris } from "./deb-file.ts";
import type { Host } from "./host.ts";
import { runStep } from "./run-step.ts";
import { SetupError } from "./setup-error.ts";

/** The Debian release whose packages are today's upstream versions. */
export const standInSuite = "forky";

const ATTEMPTS = 3;

const keyrings = ["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp"];

/** Packages of a Debian release other than the machine's own, without touching the machine's own apt or installing anything. */
export interface PrivateApt {
  /** The archive that it reads. */
  readonly mirror: string;
  /** The named packages and everything they depend on. apt's patterns (`?essential`) work. Throws `SetupError` where a package is unknown. */
  closure(packages: readonly string[]): Promise<DebFile[]>;
  /** Fetches and verifies what is not in the cache yet. Throws `SetupError`. */
  download(debs: readonly DebFile[]): Promise<void>;
  /** Unpacks packages into a folder; their scripts do not run. Throws `SetupError`. */
  unpack(debs: readonly DebFile[], folder: string): Promise<void>;
  /** Copies downloaded packages as they are into a folder. */
  copy(debs: readonly DebFile[], folder: string): Promise<void>;
}

/** Opens a private apt root in `folder` (a cache that may be deleted at any time) and reads the package lists. Throws `SetupError` where there is no apt, mirror or key. */
export async function openPrivateApt(deps: {
  runner: Runner;
  host: Host;
  folder: string;
  /** The Debian release; default `standInSuite`. */
  suite?: string;
  /** Is told of each time that a mirror is asked again. */
  progress: Pick<Progress, "note">;
  /** Milliseconds before a mirror that failed is asked again. Default 5 s. */
  retryMs?: number;
}): Promise<PrivateApt> {
  const { runner, host, folder, progress, suite = standInSuite, retryMs = 5_000 } = deps;
  if (!host.exists("/usr/bin/apt-get") || !host.exists("/usr/bin/dpkg-deb")) {
    throw new SetupError(
      "Found neither a reachable image registry nor apt-get to build stand-ins with. Make a registry reachable, or use Debian or Ubuntu.",
    );
  }
  const archive = findDebianArchive(await host.aptSources());
  const keyring = [archive?.signedBy, ...keyrings].find((path) => path !== undefined && host.exists(path));
  if (keyring === undefined) {
    throw new SetupError(
      `Debian's archive key is missing (${keyrings[0]}). Run this, then try again:\n  apt-get install -y debian-archive-keyring`,
    );
  }
  const mirror = archive?.uri ?? publicDebianMirror;
  const debs = join(folder, "debs");
  const arriving = join(folder, "arriving");
  for (const path of ["lists/partial", "archives/partial", "parts", "debs"]) {
    await mkdir(join(folder, path), { recursive: true });
  }
  await writeFile(join(folder, "status"), "");
  await writeFile(join(folder, "sources.list"), `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`);
  await writeFile(join(folder, "apt.conf"), aptConfiguration(folder, host.isRoot));
  const env = { APT_CONFIG: join(folder, "apt.conf"), DEBIAN_FRONTEND: "noninteractive" };

  // apt locks its folders; one call at a time.
  let turn: Promise<unknown> = Promise.resolve();
  const apt = (args: string[], what: string, cwd = debs): Promise<string> => {
    const mine = turn.then(() => runStep(runner, { file: "apt-get", args, env, cwd }, what));
    turn = mine.catch(() => undefined);
    return mine;
  };
  /** A mirror that is being renewed, or a network that drops, fails once; apt keeps what it has fetched already. */
  const fetch = async (args: string[], what: string, cwd = debs): Promise<void> => {
    for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
      const isDone = await apt(args, what, cwd).then(
        () => true,
        () => false,
      );
      if (isDone) return;
      progress.note(`${what}; it is tried again in ${retryMs / 1000} s`);
      await systemClock.sleep(retryMs);
    }
    await apt(args, what, cwd);
  };
  await fetch(["update", "-q"], `could not read Debian ${suite} at ${mirror}`);

  return {
    mirror,
    closure: async (packages) => {
      const args = ["install", "-y", "-q", "--no-install-recommends", "--print-uris", ...packages];
      return parsePrintUris(await apt(args, `Debian ${suite} lacks one of ${packages.join(", ")}`));
    },
    download: async (wanted) => {
      const missing = [...new Set(wanted.filter((deb) => !existsSync(join(debs, deb.file))).map((deb) => deb.name))];
      if (missing.length === 0) return;
      // Beside the others first: half a package of a run that was stopped would be taken for a whole one.
      await rm(arriving, { recursive: true, force: true });
      await mkdir(arriving);
      const what = `could not download ${missing.length} packages from ${mirror}`;
      await fetch(["download", "-q", ...missing], what, arriving);
      for (const file of await readdir(arriving)) await rename(join(arriving, file), join(debs, file));
    },
    unpack: async (wanted, into) => {
      await mkdir(into, { recursive: true });
      for (const deb of wanted) {
        const args = ["-x", join(debs, deb.file), into];
        await runStep(runner, { file: "dpkg-deb", args }, `could not unpack ${deb.file}`);
      }
    },
    copy: async (wanted, into) => {
      await mkdir(into, { recursive: true });
      for (const deb of wanted) await copyFile(join(debs, deb.file), join(into, deb.file));
    },
  };
}

function aptConfiguration(folder: string, isRoot: boolean): string {
  return `${[
    `Dir::Etc::sourcelist "${folder}/sources.list";`,
    `Dir::Etc::sourceparts "${folder}/parts";`,
    `Dir::Etc::preferencesparts "${folder}/parts";`,
    `Dir::State "${folder}";`,
    `Dir::State::lists "${folder}/lists";`,
    `Dir::State::status "${folder}/status";`,
    `Dir::Cache "${folder}";`,
    `Dir::Cache::archives "${folder}/archives";`,
    'Acquire::Languages "none";',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";',
    'Acquire::Retries "3";',
    // Hooks of the machine's own apt (package kits, command-not-found) have no business here.
    "#clear APT::Update::Post-Invoke-Success;",
    "#clear APT::Update::Post-Invoke;",
    // The unprivileged download user cannot write into a project folder below somebody's home.
    ...(isRoot ? ['APT::Sandbox::User "root";'] : []),
  ].join("\n")}\n`;
}
