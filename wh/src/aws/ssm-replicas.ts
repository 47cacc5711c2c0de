import type { ReplicaActions } from "../act/ports.ts";
import { createSsmCommand, type SsmCommandDeps } from "./ssm-command.ts";

/** Scales containers by the fleet's scale document. */
export function createSsmReplicas(deps: Omit<SsmCommandDeps, "script">): ReplicaActions {
  const run = createSsmCommand({ ...deps, script: "scale.sh" });
  return {
    setReplicas: ({ worker, service, replicas, fence }) =>
      run(worker, { service, replicas: String(replicas), fence: String(fence) }),
  };
}
