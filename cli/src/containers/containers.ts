import { CliError } from "@compose-fleet/process";
import type { Machine, Machines } from "../target/machines.ts";

/** A container of a fleet. */
export interface FleetContainer {
  readonly machine: string;
  readonly service: string;
  /** Its number among those of its service on that machine. */
  readonly replica: string;
  readonly id: string;
  /** In Docker's words: "running", "exited", … */
  readonly state: string;
  /** For people: "Up 3 minutes (healthy)". */
  readonly status: string;
  readonly image: string;
}

const LABEL = "com.docker.compose";
const FIELDS = [
  "{{.ID}}",
  `{{.Label "${LABEL}.service"}}`,
  `{{.Label "${LABEL}.container-number"}}`,
  "{{.State}}",
  "{{.Status}}",
  "{{.Image}}",
];

/** The filter of docker ps for a machine's stack, to stand between double quotes in a script for it. */
export function stackFilter({ kind }: Pick<Machine, "kind">): string {
  const fallback = kind === "workers" ? "fleet-worker" : "fleet-monitoring";
  return `label=${LABEL}.project=\${COMPOSE_PROJECT_NAME:-${fallback}}`;
}

/** A script that lists the containers of a machine's stack. */
function listScript(machine: Machine): string {
  return `exec docker ps --all --filter "${stackFilter(machine)}" --format '${FIELDS.join("\t")}'`;
}

/** The containers of these machines, and what could not be asked: one that does not answer hides no other. Throws `CliError` where none does. */
export async function containersOf(
  machines: Pick<Machines, "run">,
  those: readonly Machine[],
): Promise<{ readonly containers: readonly FleetContainer[]; readonly problems: readonly string[] }> {
  const answers = await Promise.all(
    those.map(async (machine) => {
      try {
        const { exitCode, stdout, stderr } = await machines.run(machine, listScript(machine));
        if (exitCode !== 0) return `${machine.id}: ${stderr.trim().split("\n").at(-1) ?? "Docker does not answer"}`;
        return containersIn(machine, stdout);
      } catch (error) {
        if (error instanceof CliError) return `${machine.id}: ${error.message}`;
        throw error;
      }
    }),
  );
  const problems = answers.filter((answer) => typeof answer === "string");
  if (problems.length > 0 && problems.length === those.length) throw new CliError(problems.join("\n"));
  return { containers: answers.flatMap((answer) => (typeof answer === "string" ? [] : answer)), problems };
}

function containersIn(machine: Machine, listed: string): FleetContainer[] {
  return listed
    .split("\n")
    .flatMap((line): FleetContainer[] => {
      const [id, service, replica, state, status, image, ...more] = line.split("\t");
      // AWS cuts a long output: the last line may be half of one.
      if (!id || !service || !replica || !state || !status || !image || more.length > 0) return [];
      return [{ machine: machine.id, service, replica, id, state, status, image }];
    })
    .sort((a, b) => a.service.localeCompare(b.service) || Number(a.replica) - Number(b.replica));
}
