/** A column: its title, the cell of a line, and how soon it is left out where there is no room: the highest first; 0 stays. */
export interface FittingColumn<T> {
  readonly title: string;
  readonly of: (line: T) => string;
  readonly drop: number;
  readonly right?: boolean;
}

const GAP = 2;

/** A table that is at most `width` characters wide: columns that matter less are left out, and at last lines are cut. */
export function fittingTable<T>(columns: readonly FittingColumn<T>[], lines: readonly T[], width: number): string[] {
  const widthOf = ({ title, of }: FittingColumn<T>) =>
    Math.max(title.length, ...lines.map((line) => [...of(line)].length));
  const total = (those: readonly FittingColumn<T>[]) =>
    those.reduce((sum, column) => sum + widthOf(column) + GAP, 0) - GAP;
  let shown = [...columns];
  while (total(shown) > width) {
    const least = Math.max(...shown.map(({ drop }) => drop));
    if (least === 0) break;
    shown = shown.filter(({ drop }) => drop !== least);
  }
  const cells = (textOf: (column: FittingColumn<T>) => string) =>
    shown
      .map((column) => {
        const text = textOf(column);
        const space = " ".repeat(Math.max(0, widthOf(column) - [...text].length));
        return column.right ? space + text : text + space;
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  return [cells(({ title }) => title), ...lines.map((line) => cells(({ of }) => of(line)))].map((line) =>
    cutTo(line, width),
  );
}

/** The line, or as much of it as fits. */
export function cutTo(line: string, width: number): string {
  const signs = [...line];
  return signs.length <= width ? line : `${signs.slice(0, Math.max(0, width - 1)).join("")}…`;
}

/** A text as lines that fit, broken between words; later ones are indented. */
export function wrapTo(text: string, width: number, indent = "  "): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? (lines.length === 0 ? word : indent + word) : `${line} ${word}`;
    if (line !== "" && [...longer].length > width) {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  return [...lines, line].map((each) => cutTo(each, width));
}
