import type { FleetConfig } from "@compose-fleet/fleet";
import { limitOf, type Override } from "@compose-fleet/policy";
import { overrideRequestSchema } from "@compose-fleet/wh-api";

export type OverrideResult =
  | { readonly ok: true; readonly override: Override }
  | { readonly ok: false; readonly problem: string };

/** Checks an override strictly, bounds of fleet.yaml included, all faults at once; it ends `forSeconds` after `nowMs`. */
export function parseOverride(
  body: unknown,
  context: { config: FleetConfig; id: string; nowMs: number },
): OverrideResult {
  const { config, id, nowMs } = context;
  const parsed = overrideRequestSchema.safeParse(body);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
    return { ok: false, problem: `not an override: ${faults.join("; ")}` };
  }
  const { forSeconds, ...input } = parsed.data;
  const override: Override = { id, expiresAtMs: nowMs + forSeconds * 1000, ...input };
  const problem = boundsProblem(override, config);
  return problem ? { ok: false, problem } : { ok: true, override };
}

function boundsProblem(override: Override, config: FleetConfig): string | undefined {
  const { target, min, max } = limitOf(override);
  if (target.kind === "fleet") return undefined;
  const service =
    target.kind === "replicas" && Object.hasOwn(config.services, target.service)
      ? config.services[target.service]
      : undefined;
  if (target.kind === "replicas" && !service)
    return `service: unknown, known are ${Object.keys(config.services).join(", ")}`;
  const bounds = service?.replicas ?? config.workers;
  const named = { "pin-workers": "workers", "pin-replicas": "replicas" } as const;
  const pinned = override.kind === "pin-workers" || override.kind === "pin-replicas" ? named[override.kind] : undefined;
  const faults = Object.entries(pinned ? { [pinned]: min } : { min, max }).flatMap(([key, value]) =>
    value !== undefined && (value < bounds.min || value > bounds.max)
      ? [`${key}: ${value} is outside ${bounds.min} to ${bounds.max}`]
      : [],
  );
  if (min !== undefined && max !== undefined && min > max) faults.push(`min: ${min} is more than max, ${max}`);
  return faults.length === 0 ? undefined : faults.join("; ");
}
