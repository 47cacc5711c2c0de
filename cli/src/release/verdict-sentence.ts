import type { RollOutResult } from "./roll-out.ts";

/** How it went on one kind of machine, for a person. */
export function verdictSentence({ kind, revision, status, cause, backAt }: RollOutResult): string {
  if (status === "succeeded") return `${kind}: every machine runs ${revision}.`;
  const end =
    backAt === null
      ? "There is no earlier revision that they could all go back to: fleet release status shows what each machine runs, fleet release rollback REVISION brings them to one."
      : `Every machine is back at ${backAt}.`;
  return `${kind}: ${revision} failed: ${cause}\n${end}`;
}
