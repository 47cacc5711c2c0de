import type { Query } from "./board.ts";

/** One query and its legend. */
export const line = (legend: string, expr: string): Query => ({ legend, expr });

/** wh-standby exports the same numbers: one of both is enough. */
export const ofEither = (metric: string, by: string) => `max by (${by}) (${metric})`;
