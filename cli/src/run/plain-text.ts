/** What signs are written as where a terminal shows ASCII alone. */
const PLAIN: Readonly<Record<string, string>> = {
  "✓": "ok",
  "✗": "FAILED",
  "…": "...",
  "→": "->",
  "►": ">",
  "─": "-",
  "│": "|",
  "×": "x",
  "–": "-",
  "—": "-",
  "·": "*",
  "≥": ">=",
  "≤": "<=",
};

/** Whether the locale of these variables shows UTF-8. The first that is set decides, as in setlocale(3); without any it is the locale C, which does not. */
export function showsUtf8(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== "");
  return /utf-?8/i.test(locale ?? "");
}

/** The text without anything that a terminal in another locale would show as broken characters. */
export function plainText(text: string): string {
  return text.replace(/\P{ASCII}/gu, (sign) => PLAIN[sign] ?? "?");
}
