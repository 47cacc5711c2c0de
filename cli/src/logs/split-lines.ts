/** A longer line is cut, characters. */
const LONGEST = 16_384;

/** Chunks of bytes, cut anywhere, as lines. What has no line end yet is kept, as far as it would be shown. */
export function createLineSplitter() {
  const decoder = new TextDecoder();
  let rest = "";
  return {
    push: (chunk: Uint8Array): string[] => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = (lines.pop() ?? "").slice(0, 2 * LONGEST);
      return lines;
    },
    end: (): string[] => {
      const last = rest + decoder.decode();
      rest = "";
      return last === "" ? [] : [last];
    },
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const COLOURS = /\u001b\[[0-9;]*m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSEEN = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A line that a terminal can show: what would move the cursor, or hide what follows, is written out; colours are dropped; a long one is cut. */
export function shownText(line: string): string {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return cut.replace(COLOURS, "").replace(UNSEEN, (sign) => {
    const code = sign.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
}
