import type { RollOutResult } from "./roll-out-result.ts";

/** How it went on one kind of machine, for a person. */
export function verdictSentence({ kind, revision, status, cause, ...rest }: RollOutResult): string {
  if (status === "succeeded") return `${kind}: every machine runs ${revision}.`;
  return `${kind}: ${revision} failed: ${cause}\n${endOf(rest)}`;
}

function endOf({ backAt, backFailure }: Pick<RollOutResult, "backAt" | "backFailure">): string {
  if (backAt !== null) return `Every machine is back at ${backAt}.`;
  const why =
    backFailure === undefined
      ? "There is no earlier revision that they could all go back to:"
      : `Going back failed, too: ${backFailure}\nMachines may run different revisions:`;
  return `${why} fleet release status shows what each machine runs, fleet release rollback REVISION brings them to one.`;
}
