import { resolve } from "node:path";
import { githubRoleName } from "../src/constructs/github-roles.ts";
import { namedFleet } from "../src/named-fleet.ts";
import { runScript } from "./run-script.ts";

const usage = `Usage: npx tsx infra/scripts/release-role.ts

Prints what .github/workflows/release.yml has to know of the fleet file, as a step's outputs: the role that it takes, and the region.

Environment:
  FLEET_FILE   the fleet file (default: fleet.yaml)

Exit codes: 0 done, 2 a fault in the fleet file.`;

await runScript(usage, async (_args, env) => {
  const config = await namedFleet(env.FLEET_FILE ?? resolve(import.meta.dirname, "../../fleet.yaml"));
  return { exitCode: 0, lines: [`role=${githubRoleName("deploy", config)}`, `region=${config.region}`] };
});
