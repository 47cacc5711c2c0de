import { command, commandText } from "@compose-fleet/process";
import { obtainConsent } from "./consent.ts";
import { aptInstall, type DockerDeps, hasCandidate, readPackageLists } from "./docker-engine.ts";
import type { Host } from "./host.ts";
import { programs } from "./programs.ts";
import { runStep } from "./run-step.ts";
import { SetupError } from "./setup-error.ts";

/** Ubuntu's Chromium is a snap, which no apt brings: nobody is asked each time for what cannot be had. */
const UBUNTU = "/etc/dpkg/origins/ubuntu";

interface Missing {
  readonly name: string;
  readonly package: string;
  /** Without it a part is left out, and said at the end of `npm test`. */
  readonly isExtra: boolean;
}

/**
 * Installs what tests call beside Docker and is missing, with the user's consent, in one call of apt. Throws `SetupError`; without consent
 * nothing is changed. Where only extras are missing and cannot be installed, nothing is said here.
 */
export async function ensurePrograms(deps: Omit<DockerDeps, "stateFolder">): Promise<void> {
  const { host, actor } = deps;
  const missing = missingOn(host);
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(", ");
  const packages = [...new Set(missing.map((program) => program.package))];
  const found = `${names} ${missing.length === 1 ? "is" : "are"} missing, which tests call.`;
  if (!host.exists("/usr/bin/apt-get")) {
    throw new SetupError(`${found} Install ${packages.join(", ")} by this system's own means, then try again.`);
  }
  const commands = [command("apt-get", "update", "-q"), aptInstall(packages)].map(commandText);
  await obtainConsent(
    {
      found,
      would: `install ${packages.length === 1 ? "the package" : "the packages"} ${packages.join(", ")}`,
      commands: commands.map((line) => (host.isRoot ? line : `sudo ${line}`)),
      needsRoot: true,
    },
    actor,
  );
  await install(deps, missing);
}

function missingOn(host: Host): readonly Missing[] {
  const missing = programs.flatMap(({ name, origin }): Missing[] =>
    (origin.kind === "package" || origin.kind === "extra") && !host.has(name)
      ? [{ name, package: origin.package, isExtra: origin.kind === "extra" }]
      : [],
  );
  const mayInstallExtras = host.isRoot && host.exists("/usr/bin/apt-get") && !host.exists(UBUNTU);
  return mayInstallExtras ? missing : missing.filter(({ isExtra }) => !isExtra);
}

async function install(deps: Omit<DockerDeps, "stateFolder">, missing: readonly Missing[]): Promise<void> {
  const { progress, runner } = deps;
  const step = progress.step("Programs that tests call");
  try {
    step.update("reading package lists");
    await readPackageLists(deps);
    const known: Missing[] = [];
    for (const program of missing)
      if (!program.isExtra || (await hasCandidate(runner, program.package))) known.push(program);
    const packages = [...new Set(known.map((program) => program.package))];
    step.update(packages.join(", "));
    if (packages.length > 0) await runStep(runner, aptInstall(packages), `could not install ${packages.join(", ")}`);
    step.done(known.map(({ name }) => name).join(", ") || "nothing that this apt knows is missing");
  } catch (error) {
    step.fail("not installed");
    throw error;
  }
}
