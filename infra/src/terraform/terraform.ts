import { type Diagnostic, diagnosticsOf, validationDiagnostics } from "./diagnostics.ts";
import type { Plan } from "./plan.ts";
import type { RunCommand } from "./run-command.ts";

export interface TerraformDeps {
  readonly run: RunCommand;
  /** Folder of the stack's JSON. */
  readonly folder: string;
  /** Folder that holds `registry.terraform.io`; without one the provider is downloaded. */
  readonly mirror: string | undefined;
  /** Whether the sums of the provider lie beside the stack; another provider than that one is refused. */
  readonly locked: boolean;
  /** The whole environment of Terraform: credentials, endpoint. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Terraform in one folder. Every call rejects with `TerraformError` where Terraform fails; warnings come back. */
export interface Terraform {
  /** Gets the provider. With `moveState` the state moves from where it was to where the stack's JSON now wants it. */
  init(options?: { readonly moveState?: boolean }): Promise<void>;
  validate(): Promise<readonly Diagnostic[]>;
  /** Plans, to be applied by `apply`. */
  plan(options?: { readonly destroy?: boolean }): Promise<{ plan: Plan; diagnostics: readonly Diagnostic[] }>;
  /** Applies the last plan. */
  apply(): Promise<readonly Diagnostic[]>;
  /** Addresses of everything in the state. */
  stateList(): Promise<readonly string[]>;
  /** The state as JSON text. */
  stateText(): Promise<string>;
}

/** Terraform failed: what it was asked, and its own words. */
export class TerraformError extends Error {
  override readonly name = "TerraformError";
}

const PLAN_FILE = "plan.bin";

/** Drives the `terraform` program. */
export function createTerraform({ run, folder, mirror, locked, env }: TerraformDeps): Terraform {
  const environment = { ...env, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_INPUT: "0" };

  async function terraform(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await run({ file: "terraform", args, cwd: folder, env: environment });
    if (exitCode === 0) return stdout;
    const errors = diagnosticsOf(stdout).filter(({ severity }) => severity === "error");
    const words = errors.length > 0 ? errors.map(sentence).join("\n") : stderr.trim() || stdout.trim();
    throw new TerraformError(`terraform ${args[0]} failed in ${folder}:\n${words}`);
  }

  return {
    init: async ({ moveState = false } = {}) => {
      const lock = locked ? ["-lockfile=readonly"] : [];
      const move = moveState ? ["-migrate-state", "-force-copy"] : [];
      await terraform("init", "-no-color", ...lock, ...move, ...(mirror ? [`-plugin-dir=${mirror}`] : []));
    },
    validate: async () => validationDiagnostics(await terraform("validate", "-json")),
    plan: async ({ destroy = false } = {}) => {
      const log = await terraform("plan", "-json", `-out=${PLAN_FILE}`, ...(destroy ? ["-destroy"] : []));
      const plan = JSON.parse(await terraform("show", "-json", PLAN_FILE)) as Plan;
      return { plan, diagnostics: diagnosticsOf(log) };
    },
    apply: async () => diagnosticsOf(await terraform("apply", "-json", PLAN_FILE)),
    stateList: async () => (await terraform("state", "list")).split("\n").filter((line) => line !== ""),
    stateText: () => terraform("state", "pull"),
  };
}

/** A diagnostic as one line. */
export function sentence({ severity, summary, detail, address }: Diagnostic): string {
  return `${severity}: ${address ? `${address}: ` : ""}${summary}${detail ? `: ${detail.replaceAll(/\s+/g, " ")}` : ""}`;
}
