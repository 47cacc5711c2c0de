import type { KeyRule } from "./rule.ts";

const VERDICTS: Readonly<Record<KeyRule["verdict"], string>> = {
  works: "works",
  told: "works, with a note",
  refused: "refused",
  ignored: "ignored, with a note",
};

/** The rules as a table for docs/services.md: one line a key, in the order of the alphabet. */
export function keyTable(rules: readonly KeyRule[]): string {
  const rows = [...rules]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, verdict, says }) => `| \`${key}\` | ${VERDICTS[verdict]} | ${says} |`);
  return ["| key | verdict | what to know, or to write instead |", "| --- | --- | --- |", ...rows].join("\n");
}
