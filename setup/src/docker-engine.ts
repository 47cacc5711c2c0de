import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "@compose-fleet/files";
import type { Progress } from "@compose-fleet/process";
import {
  type Command,
  command,
  commandText,
  type Launcher,
  pollUntil,
  type Runner,
  systemClock,
  tailOf,
} from "@compose-fleet/process";
import { type Actor, obtainConsent } from "./consent.ts";
import { explained } from "./hints.ts";
import type { Host } from "./host.ts";
import { runStep } from "./run-step.ts";
import { SetupError } from "./setup-error.ts";

/** What the set-up of Docker needs. */
export interface DockerDeps {
  readonly runner: Runner & Launcher;
  readonly host: Host;
  readonly actor: Actor;
  readonly progress: Progress;
  /** Folder for logs, the engine's process id and caches (`.fleet`). */
  readonly stateFolder: string;
  /** Milliseconds to wait for an engine that was started. Default 60 s. */
  readonly startTimeoutMs?: number;
  /** Milliseconds between looks whether another apt has let go of the package lists. Default 5 s. */
  readonly aptLockPollMs?: number;
}

const engineVersion = command("docker", "version", "--format", "{{.Server.Version}}");
const aptUpdate = command("apt-get", "update", "-q");
const startUnit = command("systemctl", "start", "docker");

/** Makes a Docker engine answer, installing and starting one with the user's consent. Returns its version. Throws `SetupError`; without consent nothing is changed. */
export async function ensureEngine(deps: DockerDeps): Promise<string> {
  const { runner, host, actor } = deps;
  const first = await runner.run({ ...engineVersion, timeoutMs: 20_000 });
  if (first.exitCode === 0 && first.stdout.trim() !== "") return first.stdout.trim();
  if (host.dockerHost !== undefined) {
    throw new SetupError(
      `DOCKER_HOST is ${host.dockerHost}, where no Docker engine answers. Start that engine, or unset DOCKER_HOST.`,
    );
  }
  if (/permission denied/i.test(first.stderr)) {
    throw new SetupError(
      'A Docker engine runs, but this user may not use it. Run this, log in again, then try again:\n  sudo usermod -aG docker "$USER"',
    );
  }
  if (host.platform !== "linux") {
    throw new SetupError(
      "No Docker engine answers. Install and start Docker Desktop (https://docs.docker.com/desktop/), then try again.",
    );
  }

  const installed = ["/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/local/bin/dockerd"].some((path) =>
    host.exists(path),
  );
  if (!installed && !host.exists("/usr/bin/apt-get")) {
    throw new SetupError(
      "No Docker engine is installed, and there is no apt-get. Install Docker (https://docs.docker.com/engine/install/), then try again.",
    );
  }
  const systemd = host.exists("/run/systemd/system");
  const install = installed ? [] : [aptUpdate, aptInstall(ENGINE_PACKAGES)];
  const start = systemd ? commandText(startUnit) : "setsid dockerd >/var/log/dockerd.log 2>&1 </dev/null &";
  await obtainConsent(
    {
      found: installed ? "A Docker engine is installed but does not answer." : "No Docker engine is installed.",
      would: installed ? "start it" : "install the package docker.io and start the engine",
      commands: [...install.map(commandText), start].map((line) =>
        host.isRoot ? line : `sudo ${line.replace(/^setsid (.*)$/, "sh -c 'setsid $1'")}`,
      ),
      needsRoot: true,
    },
    actor,
  );
  if (!installed) await installEngine(deps, first.missing);
  return startEngine(deps, systemd);
}

/** `apt-get install` without questions and without recommended extras. */
export function aptInstall(packages: readonly string[]): Command {
  return {
    file: "apt-get",
    args: ["-o", "DPkg::Lock::Timeout=120", "install", "-y", "-q", "--no-install-recommends", ...packages],
    env: { DEBIAN_FRONTEND: "noninteractive" },
  };
}

const aptLockPolls = 24;

/** Reads the package lists. A machine that has just started does so by itself, and `apt-get update` does not wait for that as `install` does. Throws `SetupError`. */
export async function readPackageLists({
  runner,
  aptLockPollMs = 5_000,
}: Pick<DockerDeps, "runner" | "aptLockPollMs">): Promise<void> {
  for (let poll = 1; ; poll += 1) {
    const result = await runner.run(aptUpdate);
    if (result.exitCode === 0) return;
    if (poll === aptLockPolls || !/Could not get lock/.test(result.stderr))
      throw new SetupError(`apt-get update failed:\n${explained(result)}`, 1);
    await systemClock.sleep(aptLockPollMs);
  }
}

/** The engine, and what its package only recommends. The scripts of a worker need iptables as well. */
const ENGINE_PACKAGES = ["docker.io", "iptables", "ca-certificates"];

async function installEngine(deps: DockerDeps, clientMissing: boolean): Promise<void> {
  const { runner, progress } = deps;
  const step = progress.step("Docker engine");
  try {
    step.update("reading package lists");
    await readPackageLists(deps);
    // Newer Debian has the client in a package of its own that docker.io only recommends.
    const client = clientMissing && (await hasCandidate(runner, "docker-cli")) ? ["docker-cli"] : [];
    step.update("installing docker.io");
    await runStep(runner, aptInstall([...ENGINE_PACKAGES, ...client]), "could not install docker.io");
    step.done("installed");
  } catch (error) {
    step.fail("not installed");
    throw error;
  }
}

async function startEngine(deps: DockerDeps, systemd: boolean): Promise<string> {
  const { runner, progress, stateFolder } = deps;
  const step = progress.step("Starting the Docker engine");
  const log = join(stateFolder, "dockerd.log");
  const fail = (why: string) => {
    step.fail("it does not answer");
    return new SetupError(why, 1);
  };
  if (systemd) {
    const started = await runner.run(startUnit);
    if (started.exitCode !== 0) throw fail(`systemctl start docker failed:\n${tailOf(started)}`);
  } else {
    await makeFolder(stateFolder);
    const pid = await runner.startDetached(command("dockerd"), log);
    await writeFile(join(stateFolder, "dockerd.pid"), `${pid}\n`);
  }
  const version = await pollUntil(
    async () => {
      const answer = await runner.run({ ...engineVersion, timeoutMs: 20_000 });
      return answer.exitCode === 0 && answer.stdout.trim() !== "" ? answer.stdout.trim() : undefined;
    },
    { clock: systemClock, everyMs: 250, limitMs: deps.startTimeoutMs ?? 60_000 },
  );
  if (version !== undefined) {
    step.done(`engine ${version} answers`);
    return version;
  }
  throw fail(`The Docker engine was started but does not answer. Its log: ${systemd ? "journalctl -u docker" : log}`);
}

/** Whether this machine's apt could install a package. */
/** Whether this machine's apt knows a package. Its lists have to be there. */
export async function hasCandidate(runner: Runner, name: string): Promise<boolean> {
  return (await candidateVersion(runner, name)) !== undefined;
}

/** The version of a package that this machine's apt would install; undefined if none. */
export async function candidateVersion(runner: Runner, name: string): Promise<string | undefined> {
  const policy = await runner.run(command("apt-cache", "policy", name));
  const version = /Candidate: (\S+)/.exec(policy.stdout)?.[1];
  return version === undefined || version === "(none)" ? undefined : version;
}
