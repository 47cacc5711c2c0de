import type { Usage } from "./bound-by.ts";
import type { Step } from "./knee.ts";

/** Sends requests at a rate (requests per second) for so many seconds, and says what came of them. */
export interface OfferLoad {
  offer(rps: number, seconds: number): Promise<Step>;
}

/** What the service and its worker used in the last seconds. */
export interface ReadUsage {
  usage(seconds: number): Promise<Usage>;
}
