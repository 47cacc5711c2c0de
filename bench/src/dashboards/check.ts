import { fileURLToPath } from "node:url";
import { findLocalFleet } from "@compose-fleet/local-fleet/session";
import { jsonFile, readOptions, report, runCommand, say } from "../command.ts";
import { withoutData } from "./ask-prometheus.ts";
import { boardCounts, otherExpressions, panelExpressions } from "./expressions.ts";

const USAGE = `Usage: npm run check:dashboards -- [--json FILE] [--name FLEET]

Counts the dashboards, and asks the Prometheus of a local fleet, which should be under load, for each of their expressions.
--name is which local fleet, where several run.

Prints {"boards","panels","expressions","withoutData"}. What marks decisions and releases has data only for a moment, and a forecast only with
scaling.predictive: Prometheus has to take these, and that is all.
Exit codes: 0 every panel has data, 1 one has none or Prometheus refuses one, 2 wrong usage or no local fleet.
`;
const root = fileURLToPath(new URL("../../..", import.meta.url));

await runCommand(USAGE, async (args) => {
  const options = readOptions(args, ["json", "name"]);
  const file = await jsonFile(options.json);
  const { cloud } = await findLocalFleet(root, options.name);
  const missing = await withoutData(cloud, panelExpressions);
  await withoutData(cloud, otherExpressions);
  await report({ ...boardCounts, withoutData: missing.length }, file);
  for (const { expr, where } of missing) say(`no data: ${where}: ${expr}`);
  return missing.length === 0 ? [] : [`${missing.length} of ${panelExpressions.length} have no data`];
});
