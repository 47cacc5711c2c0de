import type { Commanded, Memory } from "./memory.ts";
import { type Recommendation, recommendationsIn } from "./stabilization.ts";

/** What is remembered of a target, by its key (`targetKey`), for people: recommendations that may still count, oldest first. */
export function recalled(
  memory: Memory,
  key: string,
): { readonly recommendations: readonly Recommendation[]; readonly commanded: Commanded | undefined } {
  const [, worker = "", service = ""] = key.split("/");
  const known = memory.replicas[worker]?.[service];
  const window = service === "" ? memory.window : known?.window;
  return {
    recommendations: window === undefined ? [] : recommendationsIn(window, memory.atMs),
    commanded: known?.commanded,
  };
}
