import { boards, DECISIONS } from "@compose-fleet/render";

/** One expression of a dashboard. */
export interface Expression {
  /** `Board: panel`, for people. */
  readonly where: string;
  readonly expr: string;
}

/** What every panel asks for. */
export const panelExpressions: readonly Expression[] = boards.flatMap(({ panels, title }) =>
  panels.flatMap((panel) => panel.queries.map(({ expr }) => ({ where: `${title}: ${panel.title}`, expr }))),
);

/** What marks decisions: it has data only for a moment after one, so that none is no fault. */
export const annotationExpressions: readonly Expression[] = Object.entries(DECISIONS).map(([what, expr]) => ({
  where: `decisions on ${what}`,
  expr,
}));

/** How much there is of everything. */
export const boardCounts = {
  boards: boards.length,
  panels: boards.reduce((sum, { panels }) => sum + panels.length, 0),
  expressions: panelExpressions.length + annotationExpressions.length,
} as const;
