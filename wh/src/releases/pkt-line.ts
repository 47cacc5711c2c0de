const LENGTH_DIGITS = 4;
/** 0000 flush, 0001 delimiter, 0002 end of the response. */
const LAST_SPECIAL = 2;

/** A line of Git's protocol: its length, itself included, in four hexadecimal digits, and the text (ASCII). */
export function pktLine(text: string): string {
  return (text.length + LENGTH_DIGITS).toString(16).padStart(LENGTH_DIGITS, "0") + text;
}

/** The lines of an answer, without their line ends. Throws when it is no such answer. */
export function readPktLines(answer: string): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < answer.length; ) {
    const digits = answer.slice(at, at + LENGTH_DIGITS);
    const length = Number.parseInt(digits, 16);
    if (!/^[0-9a-f]{4}$/i.test(digits) || length === LAST_SPECIAL + 1 || at + length > answer.length)
      throw new Error("the repository's answer is not Git's protocol: look at its address");
    if (length > LAST_SPECIAL) lines.push(answer.slice(at + LENGTH_DIGITS, at + length).replace(/\n$/, ""));
    at += Math.max(LENGTH_DIGITS, length);
  }
  return lines;
}
