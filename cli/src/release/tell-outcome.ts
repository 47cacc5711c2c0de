import type { MachineKind } from "@compose-fleet/fleet";
import { CliError } from "@compose-fleet/process";

import type { CliContext } from "../run/context.ts";
import type { RollOutResult } from "./roll-out-result.ts";
import { verdictSentence } from "./verdict-sentence.ts";

/** Says how it ended. Throws `CliError` with the cause where it failed. */
export function tellOutcome(
  print: CliContext["print"],
  { json }: { readonly json?: boolean },
  results: readonly RollOutResult[],
  more: object = {},
): void {
  const failed = results.filter(({ status }) => status === "failed");
  const status = failed.length > 0 ? "failed" : "succeeded";
  if (json) print(JSON.stringify({ status, ...more, results }, null, 2));
  else for (const result of results) if (result.status === "succeeded") print(verdictSentence(result));
  if (failed.length > 0) throw new CliError(failed.map(verdictSentence).join("\n"));
}

/** Says what was uploaded, where nothing is to be deployed. */
export function tellUploaded(
  print: CliContext["print"],
  { json }: { readonly json?: boolean },
  made: Readonly<Partial<Record<MachineKind, { readonly revision: string }>>>,
  more: object = {},
): void {
  const revisions = Object.entries(made).map(([kind, { revision }]) => [kind, revision] as const);
  if (json) print(JSON.stringify({ status: "uploaded", ...more, revisions: Object.fromEntries(revisions) }, null, 2));
  else for (const [kind, revision] of revisions) print(`${kind}: ${revision} is uploaded; nothing was deployed.`);
}
