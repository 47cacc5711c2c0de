import type { Bill, Tariff, Trial, Tuning } from "@compose-fleet/simulator";
import { parse, stringify } from "yaml";
import { type TextColumn, textTable } from "./text-table.ts";

/** What tuning found, and whether it holds on days that it had not seen. */
export interface TuneResults extends Tuning {
  readonly tariff: Tariff;
  readonly tunedDays: number;
  readonly checkDays: number;
  /** On the days that were not tuned on; undefined where there is nothing to check. */
  readonly check: { readonly asIs: Bill; readonly best: Bill } | undefined;
}

/** Whether the changes save something on days that they were not chosen by. */
export function holds({ check }: TuneResults): boolean {
  return check !== undefined && check.best.usd < check.asIs.usd;
}

/** The results of tuning for people: each change, the best ones together, and what to write into fleet.yaml. */
export function tuneText(results: TuneResults): string {
  const { asIs, best, changes, check, checkDays, tariff, tunedDays } = results;
  const columns: readonly TextColumn<Trial>[] = [
    ["change", ({ set }) => set.join(" ") || "as it is"],
    ["machines USD", ({ bill }) => bill.machineUsd.toFixed(2)],
    ["lost requests", ({ bill }) => bill.lostRequests.toFixed(0)],
    ["lost USD", ({ bill }) => bill.lossUsd.toFixed(2)],
    ["together USD", ({ bill }) => bill.usd.toFixed(2)],
    ["against now", ({ bill, set }) => (set.length === 0 ? "-" : against(bill, asIs.bill))],
  ];
  const intro = `tuned on ${tunedDays.toFixed(1)} days, checked on ${checkDays.toFixed(1)} days after them; a lost request at ${tariff.perLostRequest} USD, an instance-hour at ${tariff.perInstanceHour} USD`;
  const table = textTable(columns, [asIs, ...changes, ...(best.set.length > 1 ? [best] : [])]);
  if (check === undefined) return `${intro}\n${table}\n\nNo change saves anything worth it: leave fleet.yaml as it is.`;
  const verdict = holds(results)
    ? `It holds. To keep it, write into fleet.yaml:\n\n${yamlOf(best.set)}\nNothing was changed.`
    : "It does not hold: leave fleet.yaml as it is. Nothing was changed.";
  return `${intro}\n${table}

Best together: ${best.set.join(" ")}, ${against(best.bill, asIs.bill)}.
On the days after them, which it had not seen: ${check.best.usd.toFixed(2)} USD instead of ${check.asIs.usd.toFixed(2)}, ${against(check.best, check.asIs)}.
${verdict}`;
}

function against(bill: Bill, now: Bill): string {
  const percent = now.usd === 0 ? 0 : 100 * (bill.usd / now.usd - 1);
  return `${percent > 0 ? "+" : ""}${percent.toFixed(1)} %`;
}

function yamlOf(set: readonly string[]): string {
  const document: Record<string, unknown> = {};
  for (const pair of set) {
    const [key = "", value = ""] = pair.split("=");
    const path = key.split(".");
    let within = document;
    for (const part of path.slice(0, -1)) {
      within[part] ??= {};
      within = within[part] as Record<string, unknown>;
    }
    within[path.at(-1) ?? ""] = parse(value);
  }
  return stringify(document);
}
