import { CliError, exitCodes } from "@compose-fleet/process";
import type { CliContext } from "../run/context.ts";
import type { ReleasePlace } from "./place.ts";

/** Asks before anything on AWS changes, unless told not to. Throws `CliError` (exit code 2) at a no, or where there is nobody to ask. */
export async function askFirst(
  { machine }: Pick<CliContext, "machine">,
  { local }: Pick<ReleasePlace, "local">,
  { yes }: { readonly yes?: boolean },
  question: string,
): Promise<void> {
  if (local !== undefined || yes) return;
  const { ask } = machine.actor;
  if (ask === undefined)
    throw new CliError(
      "There is no terminal to ask at. Nothing was changed: say --yes to deploy to AWS.",
      exitCodes.usage,
    );
  if (!(await ask(question))) throw new CliError("Nothing was changed.", exitCodes.usage);
}
