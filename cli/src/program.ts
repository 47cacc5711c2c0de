import type { Command } from "commander";
import { costCommand } from "./commands/cost.ts";
import { decisionsCommand } from "./commands/decisions.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { execCommand } from "./commands/exec.ts";
import { explainCommand } from "./commands/explain.ts";
import { imageCommand } from "./commands/image.ts";
import { jobsCommand } from "./commands/jobs.ts";
import { localCommand } from "./commands/local.ts";
import { logsCommand } from "./commands/logs.ts";
import { maintenanceCommand } from "./commands/maintenance.ts";
import { openCommand } from "./commands/open.ts";
import { overrideCommand } from "./commands/override.ts";
import { psCommand } from "./commands/ps.ts";
import { releaseCommand } from "./commands/release.ts";
import { renderCommand } from "./commands/render.ts";
import { scaletestCommand } from "./commands/scaletest.ts";
import { schemaCommand } from "./commands/schema.ts";
import { secretsCommand } from "./commands/secrets.ts";
import { setupCommand } from "./commands/setup.ts";
import { shellCommand } from "./commands/shell.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { statusCommand } from "./commands/status.ts";
import { tuneCommand } from "./commands/tune.ts";
import { validateCommand } from "./commands/validate.ts";
import { whyCommand } from "./commands/why.ts";
import type { CliContext } from "./run/context.ts";
import { programOf } from "./run/program-of.ts";
import { targetRule } from "./target/target-options.ts";

const epilogue = `
${targetRule}

Which fleet file: --fleet FILE, else the variable FLEET_FILE, else fleet.yaml of the project. The demo and the benchmarks show samples of
their own. A fleet on this machine runs the same file with what suits one machine laid over it (docs/cli.md).

Exit codes:
  0    done
  1    what was asked for failed
  2    refused before anything was changed: a usage error, a path that cannot be used, something missing on this machine
  130  interrupted`;

/** The `fleet` command with all its subcommands. Parsing throws commander's errors and those of the commands. */
export function createProgram(context: CliContext): Command {
  return programOf({
    name: "fleet",
    version: context.version,
    description: "Docker Compose services on machines that scale themselves at two levels, containers and instances.",
    epilogue,
    commands: [
      demoCommand(context),
      localCommand(context),
      validateCommand(context),
      renderCommand(context),
      schemaCommand(context),
      statusCommand(context),
      explainCommand(context),
      overrideCommand(context),
      costCommand(context),
      decisionsCommand(context),
      psCommand(context),
      logsCommand(context),
      whyCommand(context),
      doctorCommand(context),
      execCommand(context),
      shellCommand(context),
      jobsCommand(context),
      scaletestCommand(context),
      openCommand(context),
      simulateCommand(context),
      tuneCommand(context),
      releaseCommand(context),
      maintenanceCommand(context),
      imageCommand(context),
      secretsCommand(context),
      setupCommand(context),
    ],
  });
}
