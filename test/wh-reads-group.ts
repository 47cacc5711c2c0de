import { readFileSync } from "node:fs";
import { fleetNames, parseFleetConfig } from "@compose-fleet/fleet";
import { parse } from "yaml";
import { createAsgReader } from "../wh/src/aws/asg-reader.ts";
import { createAwsClients } from "../wh/src/aws/clients.ts";
import { systemClock } from "../wh/src/runtime/clock.ts";

// Run by `npm run infra:apply` while the fleet's stack is applied: what wh itself reads of the group, or why it cannot.
const parsed = parseFleetConfig(parse(readFileSync(process.argv[2] ?? "fleet.yaml", "utf8")));
if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
const { config } = parsed;
const clients = createAwsClients({ region: config.region });
const reader = createAsgReader({
  client: clients.autoScaling,
  balancer: clients.balancer,
  clock: systemClock,
  groupName: fleetNames(config).group,
  // A fleet that has just been applied has no deployments.
  readDeployment: async () => ({}),
});
const reading = await reader.describe();
clients.destroy();
const problem = reading.ok ? problemOf(reading.value) : reading.problem;
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

function problemOf(group: { desired: number; min: number; max: number; members: readonly unknown[] }) {
  const { min, max } = config.workers;
  if (group.min !== min || group.max !== max)
    return `wh reads bounds ${group.min}-${group.max}, fleet.yaml says ${min}-${max}`;
  return group.members.length === group.desired
    ? undefined
    : `wh reads ${group.members.length} members of ${group.desired} desired`;
}
