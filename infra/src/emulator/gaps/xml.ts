/** The text of the first element of this name, which has no elements in it; undefined where there is none. */
export function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
}

/** Changes what is in each outermost element of this name. */
export function mapElements(xml: string, name: string, change: (inner: string) => string): string {
  const tag = new RegExp(`<(/?)${name}>`, "g");
  let [result, depth, from] = ["", 0, 0];
  for (const { 0: text, 1: closing, index } of xml.matchAll(tag)) {
    if (closing === "") {
      if (depth === 0) {
        result += xml.slice(from, index + text.length);
        from = index + text.length;
      }
      depth += 1;
      continue;
    }
    depth -= 1;
    if (depth > 0) continue;
    result += change(xml.slice(from, index)) + text;
    from = index + text.length;
  }
  return result + xml.slice(from);
}
