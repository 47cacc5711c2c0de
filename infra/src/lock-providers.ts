import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FleetConfig } from "@compose-fleet/fleet";
import { stackName } from "./account/names.ts";

const LOCK_FILE = ".terraform.lock.hcl";
const committed = fileURLToPath(new URL(`../${LOCK_FILE}`, import.meta.url));

/** Lays the committed sums of the AWS provider beside each stack that uses it, so that Terraform takes no other provider. */
export function lockProviders(outdir: string, config: FleetConfig): void {
  for (const kind of ["bootstrap", "fleet", "budget"] as const)
    copyFileSync(committed, join(outdir, "stacks", stackName(config, kind), LOCK_FILE));
}
