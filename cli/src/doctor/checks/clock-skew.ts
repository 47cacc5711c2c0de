import { CliError } from "@compose-fleet/process";
import type { Check } from "../check.ts";

/** More than an answer may be late on a busy machine, milliseconds. Samples that are older than `maxAgeSeconds` count as missing. */
const TOLERATED_MS = 5_000;

/** A machine whose clock is wrong pushes samples of another time, which Prometheus refuses, and AWS refuses its signatures. */
export const clockSkew: Check = {
  name: "clocks agree",
  find: async ({ machines, nowMs }) => {
    const found = await Promise.all(
      (await machines.list()).map(async (machine) => {
        const beforeMs = nowMs();
        // A machine that takes no commands is another check's.
        const answer = await machines.run(machine, "date +%s%3N").catch((error: unknown) => {
          if (error instanceof CliError) return undefined;
          throw error;
        });
        const atMs = Number(answer?.stdout.trim() || Number.NaN);
        // It was read at some time between the question and the answer.
        const offMs = Math.max(beforeMs - atMs, atMs - nowMs());
        if (Number.isNaN(offMs) || offMs <= TOLERATED_MS) return [];
        return [
          {
            text: `the clock of ${machine.id} is ${Math.round(offMs / 1000)} s ${atMs < beforeMs ? "behind" : "ahead of"} this machine's`,
            fix: "one of the two is wrong: timedatectl, or chronyc tracking",
          },
        ];
      }),
    );
    return found.flat();
  },
};
