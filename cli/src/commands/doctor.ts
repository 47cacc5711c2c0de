import { CliError, systemClock } from "@compose-fleet/process";
import { Command } from "commander";
import { askFleet } from "../doctor/ask-fleet.ts";
import { checks } from "../doctor/checks/all-checks.ts";
import { diagnose, doctorLines } from "../doctor/run-doctor.ts";
import type { CliContext } from "../run/context.ts";
import { withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";

const help = `
It changes nothing. What could not be looked at is told with "?", and is not well either.

Checks: ${checks.map(({ name }) => name).join("; ")}.

Examples:
  fleet doctor
  fleet doctor --aws --json

Exit codes: 0 all is well, 1 something is wrong or could not be looked at, 2 usage error, or no fleet, plugin or credentials.`;

/** `fleet doctor`: what people get wrong, each with what to do. */
export function doctorCommand(context: CliContext): Command {
  return withTargetOptions(new Command("doctor"))
    .description("look for what people get wrong: a line each, with what to do")
    .option("--json", "print it as JSON")
    .addHelpText("after", help)
    .action((options: { json?: boolean }, command: Command) =>
      withTarget(context, command, async (target) => {
        const diagnoses = await diagnose(checks, askFleet(target, systemClock));
        for (const line of options.json ? [JSON.stringify(diagnoses, null, 2)] : doctorLines(diagnoses))
          context.print(line);
        const bad = diagnoses.filter(({ result }) => result !== "well");
        if (bad.length > 0) throw new CliError(`${bad.length} of ${diagnoses.length} checks are not well.`);
      }),
    );
}
