import type { FleetConfig } from "@compose-fleet/fleet";
import { CliError, exitCodes } from "@compose-fleet/process";
import type { LogQuery } from "./log-line.ts";

/** Services of stack-worker/compose.yml and stack-prometheus/compose.yml: a test compares them. */
export const stackParts = [
  ...["nginx", "mtail", "agent", "node-exporter", "nginx-exporter", "container-metrics"],
  ...["prometheus", "alertmanager", "wh", "wh-standby", "grafana"],
] as const;

/** Whose lines are meant by a word: a worker's, a service's, a part's; everybody's without one. Throws `CliError` (exit code 2) for one that means nothing. */
export function wantedSource(config: Pick<FleetConfig, "services">, word: string | undefined): LogQuery["wants"] {
  if (word === undefined) return () => true;
  if (/^i-[0-9a-f]+$/.test(word)) return ({ machine }) => machine.startsWith(word);
  const services = Object.keys(config.services);
  if (services.includes(word) || (stackParts as readonly string[]).includes(word))
    return ({ service }) => service === word;
  throw new CliError(
    `Got ${JSON.stringify(word)}: write a worker's id, a service (${services.join(", ")}) or a part (${stackParts.join(", ")}).`,
    exitCodes.usage,
  );
}
