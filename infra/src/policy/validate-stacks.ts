import type { FleetConfig } from "@compose-fleet/fleet";
import type { StackKind } from "../account/names.ts";
import { plannedResources, type StackJson, withExpressions } from "../terraform/plan.ts";
import { runCommand } from "../terraform/run-command.ts";
import { createTerraform, sentence, type Terraform, TerraformError } from "../terraform/terraform.ts";
import { createWorkspace } from "../terraform/workspace.ts";
import { planViolations } from "./plan-rules.ts";

/** What Terraform and our rules say of one stack. */
export interface StackReport {
  readonly stack: StackKind;
  /** Resources that an apply would create. */
  readonly resources: number;
  /** Errors, warnings and broken rules, each one sentence; empty where all is well. */
  readonly faults: readonly string[];
}

/** The stacks that need the AWS provider alone. The one of the public names needs another provider and the fleet's state. */
export const AWS_STACKS = ["bootstrap", "fleet", "budget"] as const satisfies readonly StackKind[];

/** What to validate, and with what: `mirror` as `Tools` says it, `path` to find Terraform. */
export interface StackValidation {
  readonly mirror: string | undefined;
  readonly path: string | undefined;
  readonly stacks?: readonly StackKind[];
}

/** No account: whatever is asked of AWS nevertheless fails. */
const NOBODY = { AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none", AWS_EC2_METADATA_DISABLED: "true" };

/** Plans each stack without an account, with nothing in its state; dns is only validated, since its plan asks Cloudflare. */
export async function validateStacks(
  config: FleetConfig,
  { mirror, path, stacks = AWS_STACKS }: StackValidation,
): Promise<readonly StackReport[]> {
  const workspace = createWorkspace(config, stacks, "none");
  try {
    const reports: StackReport[] = [];
    for (const stack of stacks) {
      const env = { PATH: path, HOME: workspace.folder(stack), AWS_REGION: config.region, ...NOBODY };
      const terraform = createTerraform({
        run: runCommand,
        folder: workspace.folder(stack),
        mirror,
        locked: stack !== "dns",
        env,
      });
      reports.push(await validateStack(stack, workspace.json(stack), terraform));
    }
    return reports;
  } finally {
    workspace.remove();
  }
}

async function validateStack(stack: StackKind, json: StackJson, terraform: Terraform): Promise<StackReport> {
  try {
    await terraform.init();
    if (stack === "dns") return { stack, resources: 0, faults: (await terraform.validate()).map(sentence) };
    // A plan validates as well.
    const { plan, diagnostics } = await terraform.plan();
    return {
      stack,
      resources: plannedResources(plan).length,
      faults: [
        ...diagnostics.map(sentence),
        ...planViolations(withExpressions(plan, json)).map(
          ({ address, rule, message }) => `${address} ${message} (rule: ${rule})`,
        ),
      ],
    };
  } catch (error) {
    if (!(error instanceof TerraformError)) throw error;
    return { stack, resources: 0, faults: [error.message] };
  }
}
