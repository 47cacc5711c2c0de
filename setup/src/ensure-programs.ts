import { command, commandText } from "@compose-fleet/process";
import { obtainConsent } from "./consent.ts";
import { aptInstall, type DockerDeps, readPackageLists } from "./docker-engine.ts";
import { programs } from "./programs.ts";
import { runStep } from "./run-step.ts";
import { SetupError } from "./setup-error.ts";

/** Installs what tests call beside Docker and is missing, with the user's consent. Throws `SetupError`; without consent nothing is changed. */
export async function ensurePrograms(deps: Omit<DockerDeps, "stateFolder">): Promise<void> {
  const { runner, host, actor, progress } = deps;
  const missing = programs.flatMap(({ name, origin }) =>
    origin.kind === "package" && !host.has(name) ? [{ name, package: origin.package }] : [],
  );
  if (missing.length === 0) return;
  const names = missing.map((program) => program.name).join(", ");
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
  const step = progress.step("Programs that tests call");
  try {
    step.update("reading package lists");
    await readPackageLists(deps);
    step.update(packages.join(", "));
    await runStep(runner, aptInstall(packages), `could not install ${packages.join(", ")}`);
    step.done(names);
  } catch (error) {
    step.fail("not installed");
    throw error;
  }
}
