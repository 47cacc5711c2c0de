import type { Limit } from "./limit.ts";

interface Kept {
  readonly id: string;
  readonly expiresAtMs: number;
  readonly by: string;
  /** Those that an earlier version stored have none. */
  readonly reason?: string;
}

/** An operator's word, which ends by itself. Numbers are kept within the bounds of the fleet file. */
export type Override = Kept &
  (
    | { readonly kind: "pause"; readonly direction?: NonNullable<Limit["pause"]> }
    | { readonly kind: "pin-workers"; readonly workers: number }
    | { readonly kind: "pin-replicas"; readonly service: string; readonly replicas: number }
    | { readonly kind: "limit-workers"; readonly min?: number; readonly max?: number }
    | { readonly kind: "limit-replicas"; readonly service: string; readonly min?: number; readonly max?: number }
  );

/** The word as a limit. */
export function limitOf(override: Override): Limit {
  const { id, by, expiresAtMs, reason } = override;
  return {
    id,
    source: "override",
    ...asked(override),
    by,
    ...(reason === undefined ? {} : { reason }),
    untilMs: expiresAtMs,
  };
}

function asked(override: Override): Pick<Limit, "target" | "min" | "max" | "pause"> {
  switch (override.kind) {
    case "pause":
      return { target: { kind: "fleet" }, pause: override.direction ?? "all" };
    case "pin-workers":
      return { target: { kind: "workers" }, min: override.workers, max: override.workers };
    case "pin-replicas":
      return { target: replicas(override.service), min: override.replicas, max: override.replicas };
    case "limit-workers":
      return { target: { kind: "workers" }, ...bounds(override) };
    case "limit-replicas":
      return { target: replicas(override.service), ...bounds(override) };
  }
}

function replicas(service: string): Limit["target"] {
  return { kind: "replicas", service };
}

function bounds({ min, max }: { readonly min?: number; readonly max?: number }): Pick<Limit, "min" | "max"> {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}
