import { type Channel, DEFAULT_LIMIT } from "./channel.ts";

/**
 * The text in as few messages as the channel's limit allows: between lines where it can, else between characters, never within one.
 * Joined they are the text, but for line ends between two of them.
 */
export function splitText(
  text: string,
  { limit = DEFAULT_LIMIT, widthOf = unitsOf }: Pick<Channel, "limit" | "widthOf">,
): string[] {
  const parts: string[] = [];
  let part = "";
  let width = 0;
  const close = () => {
    // No channel takes an empty message.
    if (part.trim() !== "") parts.push(part);
    part = "";
    width = 0;
  };
  const newline = widthOf("\n");
  for (const line of text.split("\n")) {
    const lineWidth = [...line].reduce((sum, character) => sum + widthOf(character), 0);
    if (width > 0 && width + newline + lineWidth > limit) close();
    if (width > 0) {
      part += "\n";
      width += newline;
    }
    for (const character of line) {
      const own = widthOf(character);
      if (width + own > limit) close();
      part += character;
      width += own;
    }
  }
  close();
  return parts;
}

function unitsOf(character: string): number {
  return character.length;
}
