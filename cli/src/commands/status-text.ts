import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import { whatRuns } from "@compose-fleet/releases";
import type { FleetSnapshot } from "@compose-fleet/wh-api";

/** What a local fleet runs, for people: a line for the group, one for each service on each worker, the deployments, the address. */
export function statusText(
  cloud: Pick<LocalFleetStatus, "name" | "endpoints" | "releases">,
  { workers, replicas, hold }: FleetSnapshot,
): readonly string[] {
  // The scaler counts those that drain as ready: they answer what still comes, but are on their way out.
  const serving = Math.max(0, workers.ready - workers.draining);
  return [
    `Fleet ${cloud.name}: ${counted(serving, "worker serves", "workers serve")}${workers.draining === 0 ? "" : `, ${workers.draining} on the way out`}, ${workers.desired} wanted (${workers.min} to ${workers.max})${hold ? "; the scaler is held" : ""}`,
    ...replicas.map(
      ({ worker, service, ready, desired }) =>
        `  ${worker}  ${service}: ${counted(ready, "replica", "replicas")}${ready === desired ? "" : `, ${desired} wanted`}`,
    ),
    ...cloud.releases.running.map((deployment) => `  deployment ${deployment.id}: ${whatRuns(deployment)}`),
    `  ${cloud.endpoints.balancer}`,
  ];
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
