/** Which services are in maintenance: all, also those to come, or these. */
export type MaintenanceState = "all" | readonly string[];

const NONE = "none";
const ALL = "*";

/** Reads what the parameter says; nobody has written it: none. Undefined where it is no such text. */
export function parseMaintenance(text: string | undefined): MaintenanceState | undefined {
  if (text === undefined || text === NONE) return [];
  if (text === ALL) return "all";
  const names = text.split(" ");
  return names.every((name) => /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) ? names : undefined;
}

/** The text that workers read (stack-worker/parameters.sh). */
export function maintenanceText(state: MaintenanceState): string {
  if (state === "all") return ALL;
  return state.length === 0 ? NONE : state.join(" ");
}

/** The state with one service, or all of them, in maintenance or back. `services` are those of the fleet; others are forgotten. */
export function changedMaintenance(
  before: MaintenanceState,
  { isOn, service }: { readonly isOn: boolean; readonly service?: string | undefined },
  services: readonly string[],
): MaintenanceState {
  if (service === undefined) return isOn ? "all" : [];
  if (before === "all" && isOn) return "all";
  return services.filter((name) => (name === service ? isOn : before === "all" || before.includes(name)));
}

/** The services of the fleet that are in maintenance. */
export function inMaintenance(state: MaintenanceState, services: readonly string[]): readonly string[] {
  return services.filter((name) => state === "all" || state.includes(name));
}
