import { SetupError } from "./setup-error.ts";

/** Asks a yes-or-no question at a terminal; undefined where there is nobody to ask. */
export type Ask = (question: string) => Promise<boolean>;

/** Something that changes the machine. */
export interface Change {
  /** Why, as a full sentence: what was found. */
  readonly found: string;
  /** What would be done, in a few words after "I can": "install …". */
  readonly would: string;
  /** What the user types to do it without us. */
  readonly commands: readonly string[];
  readonly needsRoot: boolean;
}

/** Who we are for the purpose of consent. */
export interface Actor {
  readonly isRoot: boolean;
  /** Absent without a terminal. */
  readonly ask?: Ask;
  readonly say: (text: string) => void;
}

/**
 * Returns when the change may be made: root without a terminal goes ahead and says so, a person at a terminal is asked, anybody else gets the commands.
 * Throws `SetupError` (exit code 2, nothing changed) otherwise.
 */
export async function obtainConsent(change: Change, actor: Actor): Promise<void> {
  const allowed = actor.isRoot || !change.needsRoot;
  if (!allowed) throw refusal(change, "That needs root.");
  if (actor.ask !== undefined) {
    if (await actor.ask(`${change.found} I can ${change.would}. Go ahead?`)) return;
    throw refusal(change, "Nothing was changed.");
  }
  if (!actor.isRoot) throw refusal(change, "There is no terminal to ask at.");
  actor.say(`${change.found} As root without a terminal, going ahead: ${change.would}.`);
}

function refusal(change: Change, why: string): SetupError {
  return new SetupError(
    `${change.found} ${why} Run this, then try again:\n${change.commands.map((line) => `  ${line}`).join("\n")}`,
  );
}
