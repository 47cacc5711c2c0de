import type { EndedRecord } from "./ended-record.ts";

/** Why a container ended, as far as its record says. */
export interface Cause {
  readonly kind: "memory" | "scaled-in" | "healed" | "release" | "unhealthy" | "told" | "killed" | "itself";
  readonly text: string;
}

/** Docker's numbers of the signals that end a container. */
const KILL = "9";

type Rule = (record: EndedRecord) => Cause | undefined;

/** The first that applies is the cause: what explains the others comes before them. */
const rules: readonly Rule[] = [
  ({ outOfMemory, service }) =>
    outOfMemory
      ? {
          kind: "memory",
          text: `ran out of memory and was killed: raise memory of ${service} in the fleet file, or find what takes it`,
        }
      : undefined,
  ({ by }) => (by === "scale.sh" ? { kind: "scaled-in", text: "was scaled in" } : undefined),
  ({ by, health, probes }) =>
    by === "heal.sh"
      ? {
          kind: "healed",
          text: `was replaced because it ${health === "unhealthy" ? `was unhealthy${lastProbe(probes)}` : "hung: it answered nothing while others did"}`,
        }
      : undefined,
  ({ by }) => (by === undefined ? undefined : { kind: "release", text: `was replaced by a release (${by})` }),
  ({ health, signals, probes }) =>
    health === "unhealthy" && signals.length > 0
      ? { kind: "unhealthy", text: `was told to stop while unhealthy${lastProbe(probes)}` }
      : undefined,
  ({ signals, exitCode }) =>
    signals.length > 0 && signals.every((signal) => signal === KILL)
      ? { kind: "killed", text: `was killed from outside (SIGKILL, exit code ${exitCode})` }
      : undefined,
  ({ signals, exitCode }) =>
    signals.length > 0
      ? {
          kind: "told",
          text: `was told to stop, not by scaling or a release: its worker ends, a drain, or somebody by hand (exit code ${exitCode})`,
        }
      : undefined,
  ({ exitCode }) =>
    exitCode === 137
      ? { kind: "killed", text: "was killed (exit code 137) and nobody told Docker to: the machine's memory, perhaps" }
      : undefined,
  ({ exitCode }) =>
    exitCode === 0 ? { kind: "itself", text: "ended by itself with 0: a service has to go on" } : undefined,
];

/** Why the container of this record ended. */
export function causeOf(record: EndedRecord): Cause {
  for (const rule of rules) {
    const cause = rule(record);
    if (cause !== undefined) return cause;
  }
  const { exitCode, health, probes } = record;
  const sick = health === "unhealthy" ? `, unhealthy before${lastProbe(probes)}` : "";
  return { kind: "itself", text: `ended by itself with exit code ${exitCode ?? "unknown"}${sick}` };
}

/** What the check said last. One that is under way when its container stops says nothing. */
function lastProbe(probes: readonly string[]): string {
  const said = probes.findLast((probe) => probe.trim() !== "")?.trim();
  return said === undefined ? "" : `: ${said}`;
}
