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

/** What `jobs.tsv` calls the jobs that go by a schedule. */
const BY_SCHEDULE = "schedule";

/** `jobs.tsv` of a worker, in the order of the fleet file: job, when it runs, service, seconds at most, program, arguments. */
export function jobsTable({ jobs }: Pick<FleetConfig, "jobs">): string {
  return tsv(
    Object.entries(jobs).map(([name, { when = BY_SCHEDULE, service, timeout, command }]) => [
      name,
      when,
      service,
      timeout,
      ...command,
    ]),
  );
}
