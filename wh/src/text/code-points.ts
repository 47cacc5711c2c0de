/** With `u`, a pair is one character: what is found stands alone, and no API takes it. */
const LONE_SURROGATE = /[\ud800-\udfff]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** The text as every API takes it: no half characters, no control characters but tab and line feed. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, "\ufffd").replace(/\r\n?/g, "\n").replace(CONTROL, " ");
}

/** The first code points, at most `limit` UTF-16 code units; never half a character. What is left out is marked by an ellipsis. */
export function firstOf(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, boundaryBefore(text, Math.max(0, limit - 1)))}…`;
}

/** The last code points, at most `limit` UTF-16 code units; never half a character. */
export function lastOf(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const start = text.length - limit;
  return text.slice(isInsidePair(text, start) ? start + 1 : start);
}

/** The end of the last whole character at or before `index`. */
export function boundaryBefore(text: string, index: number): number {
  return isInsidePair(text, index) ? index - 1 : index;
}

function isInsidePair(text: string, index: number): boolean {
  const code = text.codePointAt(index - 1);
  return index > 0 && index < text.length && code !== undefined && code > 0xffff;
}
