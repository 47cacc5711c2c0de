import type { FleetConfig } from "@compose-fleet/fleet";
import { type Decision, type Memory, withoutReplicaCommands } from "@compose-fleet/policy";

/** What becomes of an action that is only said. */
export const DRY_RUN = "dry run: nothing was done";

/** Whether a decision is only said: of a service that tries its numbers out, or of a fleet that does. */
export function isDryRun(decision: Decision, { scaling, services }: FleetConfig): boolean {
  if (decision.kind === "hold") return false;
  return scaling.dryRun || (decision.kind === "scale-containers" && services[decision.service]?.dryRun === true);
}

/** The decisions as far as they are carried out: what is only said leaves everything as it was. */
export function carriedOut(decisions: readonly Decision[], config: FleetConfig): readonly Decision[] {
  return decisions.map((decision) =>
    decision.kind === "scale-containers" && isDryRun(decision, config)
      ? {
          kind: "hold",
          target: { kind: "replicas", worker: decision.worker, service: decision.service },
          current: decision.from,
          reason: decision.reason,
        }
      : decision,
  );
}

/** What was only said was not commanded: the next tick looks at what runs. */
export function withoutDryRuns(memory: Memory, { services }: FleetConfig): Memory {
  const isDry = (service: string) => services[service]?.dryRun === true;
  return Object.keys(services).some(isDry) ? withoutReplicaCommands(memory, isDry) : memory;
}
