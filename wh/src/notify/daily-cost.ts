import { fleetCost } from "@compose-fleet/cost";
import type { FleetConfig } from "@compose-fleet/fleet";

/** What going from one number of workers to another costs a day, as ` (+1.15 USD a day)`; nothing where prices are not known. */
export function dailyCostChange(config: FleetConfig, from: number, to: number): string {
  const [before, after] = [fleetCost(config, from), fleetCost(config, to)];
  if (!before.ok || !after.ok || from === to) return "";
  const usd = (after.value.usdPerHour - before.value.usdPerHour) * 24;
  return ` (${usd < 0 ? "-" : "+"}${Math.abs(usd).toFixed(2)} USD a day)`;
}
