/** A column of a table: its title, and the cell of a line. */
export type TextColumn<T> = readonly [title: string, of: (line: T) => string];

/** A table for people: the first column to the left, numbers to the right. */
export function textTable<T>(columns: readonly TextColumn<T>[], lines: readonly T[]): string {
  const cells = [columns.map(([title]) => title), ...lines.map((line) => columns.map(([, of]) => of(line)))];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join("\n");
}
