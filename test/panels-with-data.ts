import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findLocalFleet } from "@compose-fleet/local-fleet/session";
import { messageOf } from "@compose-fleet/process";
import { withoutData } from "../bench/src/dashboards/ask-prometheus.ts";
import { panelExpressions } from "../bench/src/dashboards/expressions.ts";

const root = path.resolve(import.meta.dirname, "..");
const EVERY_MS = 5_000;

/** Expressions of the dashboards that gave no series at any look while a local fleet was up, and what the last look that failed said. */
export async function panelsNeverWithData(name: string, ended: Promise<unknown>): Promise<readonly string[]> {
  let missing = panelExpressions;
  let problem = "nobody looked";
  let isOver = false;
  void ended.finally(() => {
    isOver = true;
  });
  while (!isOver && missing.length > 0) {
    await sleep(EVERY_MS);
    try {
      const { cloud } = await findLocalFleet(root, name);
      missing = await withoutData(cloud, missing);
      problem = "no data";
    } catch (error) {
      // It comes up, or goes.
      problem = messageOf(error);
    }
  }
  return missing.map(({ expr, where }) => `${where}: ${expr} (${problem})`);
}
