import type { Command, CommandResult, Launcher, Runner } from "../src/index.ts";

/** What a fake program answers: text on stdout, parts of a result, or a function of the command. */
export type Answer = string | Partial<CommandResult> | ((command: Command) => Answer | Promise<Answer>);

/** A runner without programs, for tests. The first rule whose pattern matches the command's text answers; a command without a rule is missing. */
export interface FakeRunner extends Runner, Launcher {
  /** Every command that was run, as text, in order. */
  readonly ran: string[];
  readonly detached: string[];
}

/** Makes a fake runner out of [pattern, answer] rules. */
export function createFakeRunner(rules: readonly (readonly [RegExp, Answer])[]): FakeRunner {
  const ran: string[] = [];
  const detached: string[] = [];
  return {
    ran,
    detached,
    run: async (command, onLine) => {
      const text = [command.file, ...command.args].join(" ");
      ran.push(text);
      const rule = rules.find(([pattern]) => pattern.test(text));
      if (rule === undefined) return { ...silent, exitCode: 127, stderr: `${command.file}: not found`, missing: true };
      const result = await resolveAnswer(rule[1], command);
      for (const line of `${result.stdout}\n${result.stderr}`.split("\n")) if (line !== "") onLine?.(line);
      return result;
    },
    startDetached: async (command) => {
      detached.push([command.file, ...command.args].join(" "));
      return 4711;
    },
  };
}

const silent: CommandResult = { exitCode: 0, stdout: "", stderr: "", missing: false, timedOut: false };

async function resolveAnswer(answer: Answer, command: Command): Promise<CommandResult> {
  if (typeof answer === "function") return resolveAnswer(await answer(command), command);
  if (typeof answer === "string") return { ...silent, stdout: answer };
  return { ...silent, ...answer };
}
