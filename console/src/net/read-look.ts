import type { LookAnswer } from "@compose-fleet/wh-api";

/**
 * A look as the scaler sent it; undefined where it is none, such as a proxy's page or another version's. The types are the contract's, which
 * wh's own tests hold: here only what the page cannot do without is looked at, since zod would weigh more than the page.
 */
export function readLook(text: string): LookAnswer | undefined {
  const value = jsonOf(text);
  if (!isObject(value) || typeof value.nowMs !== "number" || !isObject(value.status)) return undefined;
  const { members, receipts, services, targets } = value.status;
  const lists = [value.trend, value.decisions, value.turningPoints, members, targets, receipts];
  const isWell =
    lists.every(Array.isArray) && isObject(services) && isObject(value.traffic) && isObject(value.capacities);
  return isWell ? (value as unknown as LookAnswer) : undefined;
}

/** The scaler's time in a beat. */
export function readBeat(text: string): number | undefined {
  const value = jsonOf(text);
  return isObject(value) && typeof value.nowMs === "number" ? value.nowMs : undefined;
}

/** What a refusal says, or its status. */
export function readProblem(status: number, text: string): string {
  const value = jsonOf(text);
  return isObject(value) && typeof value.error === "string" ? value.error : `it answers ${status}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
