import type { Check } from "../check.ts";
import { alertTimings } from "./alert-timings.ts";
import { capacityFigures } from "./capacity-figures.ts";
import { certificateAge } from "./certificate-age.ts";
import { clockSkew } from "./clock-skew.ts";
import { discoveryFilters } from "./discovery-filters.ts";
import { diskSpace } from "./disk-space.ts";
import { fleetFile } from "./fleet-file.ts";
import { groupBounds } from "./group-bounds.ts";
import { groupProblems } from "./group-problems.ts";
import { heldScaler } from "./held-scaler.ts";
import { imageAge } from "./image-age.ts";
import { memoryLimits } from "./memory-limits.ts";
import { notifications } from "./notifications.ts";
import { reachableMaximum } from "./reachable-maximum.ts";
import { remoteWrite } from "./remote-write.ts";
import { scalerLeads } from "./scaler-leads.ts";
import { ssmOnline } from "./ssm-online.ts";
import { suspendedProcesses } from "./suspended-processes.ts";
import { workersSeen } from "./workers-seen.ts";

/** Every check, in the order in which they are told: what explains others comes first. */
export const checks: readonly Check[] = [
  scalerLeads,
  heldScaler,
  fleetFile,
  groupProblems,
  groupBounds,
  suspendedProcesses,
  ssmOnline,
  clockSkew,
  discoveryFilters,
  workersSeen,
  remoteWrite,
  alertTimings,
  notifications,
  reachableMaximum,
  capacityFigures,
  memoryLimits,
  diskSpace,
  imageAge,
  certificateAge,
];
