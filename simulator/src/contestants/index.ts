import type { ContestantKind } from "./contestant.ts";
import { cpuCooldown } from "./cpu-cooldown.ts";
import { fleet } from "./fleet.ts";
import { hpa } from "./hpa.ts";
import { oracle } from "./oracle.ts";
import { targetTracking } from "./target-tracking.ts";
import { thresholds } from "./thresholds.ts";

/** Every policy that can be simulated, ours first. */
export const contestants: readonly ContestantKind[] = [
  fleet,
  hpa("hpa", 0.7),
  hpa("hpa80", 0.8),
  hpa("hpa90", 0.9),
  targetTracking,
  thresholds,
  cpuCooldown,
  oracle,
];
