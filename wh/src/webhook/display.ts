const DISPLAY_LIMIT = 64;

/** Text from outside, made safe for logs and pages: printable ASCII, at most 64 characters. */
export function display(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, "?");
  return printable.length > DISPLAY_LIMIT ? `${printable.slice(0, DISPLAY_LIMIT - 3)}...` : printable;
}
