import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FleetConfig } from "@compose-fleet/policy";
import { createApp } from "../create-app.ts";
import { lockProviders } from "../lock-providers.ts";
import { stackName } from "../names.ts";
import type { BootstrapState } from "../stacks/bootstrap-stack.ts";

/** A folder in which Terraform deploys the bootstrap stack as it is for AWS. */
export interface BootstrapFolder {
  readonly path: string;
  /** Synthesizes the stack anew, with its state there. */
  keepStateIn(state: BootstrapState): void;
  remove(): void;
}

/** Creates one, without a stack at first. */
export function createBootstrapFolder(config: FleetConfig): BootstrapFolder {
  const root = mkdtempSync(join(tmpdir(), "fleet-bootstrap-"));
  const path = join(root, "stack");
  mkdirSync(path);
  return {
    path,
    keepStateIn: (bootstrapState) => {
      const outdir = join(root, "cdktf.out");
      createApp(config, { outdir, bootstrapState }).synth();
      lockProviders(outdir, config);
      for (const file of ["cdk.tf.json", ".terraform.lock.hcl"])
        copyFileSync(join(outdir, "stacks", stackName(config, "bootstrap"), file), join(path, file));
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
