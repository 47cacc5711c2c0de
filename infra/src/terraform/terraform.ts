import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Diagnostic, diagnosticsOf, validationDiagnostics } from "./diagnostics.ts";
import type { Plan } from "./plan.ts";
import type { RunCommand, StopSignals } from "./run-command.ts";

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
  /** Called with each line of the log of `plan` and `apply`, as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Who is told of stop signals; without it Terraform hears the terminal's own. */
  readonly stopSignals?: StopSignals | undefined;
}

/** What a plan is for, besides what the stack's JSON says. */
export interface PlanOptions {
  readonly destroy?: boolean;
  /** Addresses of resources that are made anew although nothing of them changed. */
  readonly replace?: readonly string[];
}

/** Terraform in one folder. Every call rejects with `TerraformError` where Terraform fails; warnings come back. */
export interface Terraform {
  /** Gets the provider. With `moveState` the state moves from where it was to where the stack's JSON now wants it. */
  init(options?: { readonly moveState?: boolean }): Promise<void>;
  validate(): Promise<readonly Diagnostic[]>;
  /** Plans, to be applied by `apply`. */
  plan(options?: PlanOptions): Promise<{ plan: Plan; diagnostics: readonly Diagnostic[] }>;
  /** Applies the last plan. */
  apply(): Promise<readonly Diagnostic[]>;
  /** Removes the last plan, which holds values of the state. */
  discardPlan(): void;
  /** Values of the stack's outputs. */
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  /** Addresses of everything in the state. */
  stateList(): Promise<readonly string[]>;
  /** The state as JSON text. */
  stateText(): Promise<string>;
}

/** Terraform failed: what it was asked, and its own words. */
export class TerraformError extends Error {
  override readonly name = "TerraformError";
}

const outputsSchema = z.record(z.string(), z.object({ value: z.unknown() }));

const PLAN_FILE = "plan.bin";

/** Drives the `terraform` program. */
export function createTerraform({ run, folder, mirror, locked, env, onLine, stopSignals }: TerraformDeps): Terraform {
  const environment = { ...env, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_INPUT: "0" };

  const told = (...args: string[]) => terraform(args, onLine);
  async function terraform(args: readonly string[], line?: (text: string) => void): Promise<string> {
    const command = { file: "terraform", args, cwd: folder, env: environment, onLine: line, stopSignals };
    const { exitCode, stdout, stderr } = await run(command);
    if (exitCode === 0) return stdout;
    const errors = diagnosticsOf(stdout).filter(({ severity }) => severity === "error");
    const words = errors.length > 0 ? errors.map(sentence).join("\n") : stderr.trim() || stdout.trim();
    throw new TerraformError(`terraform ${args[0]} failed in ${folder}:\n${words}`);
  }

  return {
    init: async ({ moveState = false } = {}) => {
      const lock = locked ? ["-lockfile=readonly"] : [];
      const move = moveState ? ["-migrate-state", "-force-copy"] : [];
      await terraform(["init", "-no-color", ...lock, ...move, ...(mirror ? [`-plugin-dir=${mirror}`] : [])]);
    },
    validate: async () => validationDiagnostics(await terraform(["validate", "-json"])),
    plan: async ({ destroy = false, replace = [] } = {}) => {
      const what = [...(destroy ? ["-destroy"] : []), ...replace.map((address) => `-replace=${address}`)];
      const log = await told("plan", "-json", `-out=${PLAN_FILE}`, ...what);
      const plan = JSON.parse(await terraform(["show", "-json", PLAN_FILE])) as Plan;
      return { plan, diagnostics: diagnosticsOf(log) };
    },
    apply: async () => diagnosticsOf(await told("apply", "-json", PLAN_FILE)),
    discardPlan: () => rmSync(join(folder, PLAN_FILE), { force: true }),
    outputs: async () => {
      const outputs = outputsSchema.parse(JSON.parse(await terraform(["output", "-json"])));
      return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
    },
    stateList: async () => (await terraform(["state", "list"])).split("\n").filter((line) => line !== ""),
    stateText: () => terraform(["state", "pull"]),
  };
}

/** A diagnostic as one line. */
export function sentence({ severity, summary, detail, address }: Diagnostic): string {
  return `${severity}: ${address ? `${address}: ` : ""}${summary}${detail ? `: ${detail.replaceAll(/\s+/g, " ")}` : ""}`;
}
