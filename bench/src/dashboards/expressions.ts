import { boards, MARKS } from "@compose-fleet/render";

/** One expression of a dashboard. */
export interface Expression {
  /** `Board: panel`, for people. */
  readonly where: string;
  readonly expr: string;
}

const asked = boards.flatMap(({ panels, title }) =>
  panels.flatMap((panel) =>
    panel.queries.map(({ expr, onlyWith }) => ({ where: `${title}: ${panel.title}`, expr, onlyWith })),
  ),
);

/** What panels ask for and every fleet has. */
export const panelExpressions: readonly Expression[] = asked.filter(({ onlyWith }) => onlyWith === undefined);

/** What may have no data without fault: marks, but for a moment after what they mark, and what a fleet file has to turn on. */
export const otherExpressions: readonly Expression[] = [
  ...asked.filter(({ onlyWith }) => onlyWith !== undefined),
  ...MARKS.map(({ expr, name }) => ({ where: `marks: ${name}`, expr })),
];

/** How much there is of everything. */
export const boardCounts = {
  boards: boards.length,
  panels: boards.reduce((sum, { panels }) => sum + panels.length, 0),
  expressions: panelExpressions.length + otherExpressions.length,
} as const;
