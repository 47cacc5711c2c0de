import { CliError } from "@compose-fleet/process";
import { stackFilter } from "../../containers/containers.ts";
import type { Machine } from "../../target/machines.ts";
import type { Check } from "../check.ts";

const DAY_MS = 86_400_000;
const OLD_DAYS = 365;
/** Builds that are the same byte for byte say 1970 or 1980. */
const NO_AGE_BEFORE_MS = Date.parse("2010-01-01T00:00:00Z");

/** Prints `CREATED NAME` of each image that a container of this machine has. */
const script = (
  machine: Machine,
) => `docker ps --quiet --filter "${stackFilter(machine)}" | xargs -r docker inspect --format '{{.Image}} {{.Config.Image}}' |
  sort -u | while read -r id name; do echo "$(docker image inspect --format '{{.Created}}' "$id") $name"; done`;

/** Nobody mends an image by itself: what was built a year ago has a year's holes. */
export const imageAge: Check = {
  name: "images are not old",
  find: async ({ machines, nowMs }) => {
    const answers = await Promise.all(
      (await machines.list()).map(async (machine) => {
        const { exitCode, stdout, stderr } = await machines.run(machine, script(machine));
        if (exitCode !== 0) throw new CliError(`${machine.id} does not say which images it has: ${stderr.trim()}`);
        return stdout;
      }),
    );
    const days = new Map<string, number>();
    for (const [, created = "", name = ""] of answers.join("\n").matchAll(/^(\S+) (\S+)$/gm)) {
      const createdMs = Date.parse(created);
      if (createdMs > NO_AGE_BEFORE_MS) days.set(name, Math.floor((nowMs() - createdMs) / DAY_MS));
    }
    return [...days]
      .filter(([, age]) => age > OLD_DAYS)
      .map(([name, age]) => ({
        text: `${name} was built ${age} days ago`,
        fix: "take a newer one: docs/operate.md, upgrade images",
      }));
  },
};
