import { CliError } from "@compose-fleet/process";
import type { Check } from "../check.ts";

/** Replicas are scaled, and workers drained, by commands. */
export const ssmOnline: Check = {
  name: "machines take commands",
  find: async ({ machines }) => {
    const all = await machines.list();
    const none = all.some(({ kind }) => kind === "workers")
      ? []
      : [{ text: "no worker runs", fix: "fleet status; workers.min in the fleet file" }];
    const deaf = await Promise.all(
      all.map(async (machine) => {
        const problem = await machines.run(machine, "true").then(
          ({ exitCode, stderr }) => (exitCode === 0 ? undefined : stderr.trim()),
          (error: unknown) => {
            if (error instanceof CliError) return error.message;
            throw error;
          },
        );
        return problem === undefined
          ? []
          : [
              {
                text: `${machine.id} takes no commands: ${problem}`,
                fix: "its SSM agent and role; else replace the machine: docs/operate.md",
              },
            ];
      }),
    );
    return [...none, ...deaf.flat()];
  },
};
