import type { FleetConfig } from "@compose-fleet/fleet";
import type { Override } from "@compose-fleet/policy";
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
  if (override.kind === "pin-workers") {
    const { min, max } = config.workers;
    return override.workers < min || override.workers > max
      ? `workers: ${override.workers} is outside ${min} to ${max}`
      : undefined;
  }
  if (override.kind === "pin-replicas") {
    const service = Object.hasOwn(config.services, override.service) ? config.services[override.service] : undefined;
    if (!service) return `service: unknown, known are ${Object.keys(config.services).join(", ")}`;
    const { min, max } = service.replicas;
    return override.replicas < min || override.replicas > max
      ? `replicas: ${override.replicas} is outside ${min} to ${max}`
      : undefined;
  }
  return undefined;
}
