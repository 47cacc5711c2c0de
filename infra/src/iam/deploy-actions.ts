import { computeActions } from "./deploy-actions/compute.ts";
import { dataActions } from "./deploy-actions/data.ts";
import { identityActions } from "./deploy-actions/identity.ts";
import { networkActions } from "./deploy-actions/network.ts";
import { observationActions } from "./deploy-actions/observation.ts";

/** What Terraform calls while it plans, applies and destroys the stacks, by the statement that allows it. `npm run infra:apply` compares it with the calls it sees. */
export const applyActions = {
  ...networkActions,
  ...computeActions,
  ...dataActions,
  ...observationActions,
  ...identityActions,
} as const;
