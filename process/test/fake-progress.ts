import type { Progress } from "../src/index.ts";

/** Progress that remembers what was said, for tests. */
export function createFakeProgress(): Progress & { readonly said: string[] } {
  const said: string[] = [];
  return {
    said,
    note: (text) => said.push(text),
    step: (title) => ({
      update: () => undefined,
      done: (text) => said.push(`${title}: ${text}`),
      fail: (text) => said.push(`${title} failed: ${text}`),
    }),
  };
}
