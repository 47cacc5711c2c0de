import type { FleetConfig } from "@compose-fleet/fleet";

/** Rows as text that scripts read: a line each, a tab between the columns. */
export function tsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.join("\t")}\n`).join("");
}

/** `services.tsv` of both stacks: service, minimum, maximum, port, path. */
export function servicesTable(config: Pick<FleetConfig, "services">): string {
  return tsv(
    Object.entries(config.services).map(([name, { replicas, port, path }]) => [
      name,
      replicas.min,
      replicas.max,
      port,
      path,
    ]),
  );
}
