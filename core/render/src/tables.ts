import { type FleetConfig, isHttp } from "@compose-fleet/fleet";
import { pathAtReplica } from "./nginx/service-locations.ts";

/** Rows as text that scripts read: a line each, a tab between the columns. */
export function tsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.join("\t")}\n`).join("");
}

/**
 * `services.tsv` of both stacks: service, minimum, maximum, port, the path by which a replica is asked. Without the path nobody asks it,
 * without the port it has none: then it is ready when it runs, and healthy where it has a check.
 */
export function servicesTable(config: Pick<FleetConfig, "services">): string {
  return tsv(
    Object.entries(config.services).map(([name, service]) => [
      name,
      service.replicas.min,
      service.replicas.max,
      service.port ?? "",
      isHttp(service) ? pathAtReplica(service) : "",
    ]),
  );
}
