import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FleetConfig } from "@compose-fleet/fleet";
import { type StackKind, stackName } from "../account/names.ts";
import { createApp } from "../create-app.ts";
import { lockProviders } from "../lock-providers.ts";
import type { StackJson } from "./plan.ts";
import { type StandInAccount, standAlone } from "./stand-alone.ts";

/** Synthesized stacks in a scratch folder, ready for Terraform without an account. */
export interface Workspace {
  /** Folder of a stack, in which `terraform` runs. */
  folder(kind: StackKind): string;
  /** The JSON of a stack. */
  json(kind: StackKind): StackJson;
  remove(): void;
}

const FILES = ["cdk.tf.json", ".terraform.lock.hcl"];

/** Synthesizes the fleet's stacks, then lays copies of the given ones aside that need neither state bucket nor account. */
export function createWorkspace(config: FleetConfig, kinds: readonly StackKind[], account: StandInAccount): Workspace {
  const root = mkdtempSync(join(tmpdir(), "fleet-infra-"));
  const outdir = join(root, "cdktf.out");
  createApp(config, { outdir, bootstrapState: "local" }).synth();
  lockProviders(outdir, config);
  const folder = (kind: StackKind) => join(root, kind);
  for (const kind of kinds) {
    const source = join(outdir, "stacks", stackName(config, kind));
    mkdirSync(folder(kind));
    for (const file of FILES)
      if (existsSync(join(source, file))) copyFileSync(join(source, file), join(folder(kind), file));
    const stack = join(folder(kind), "cdk.tf.json");
    writeFileSync(stack, JSON.stringify(standAlone(JSON.parse(readFileSync(stack, "utf8")), account), null, 2));
  }
  const json = (kind: StackKind) => JSON.parse(readFileSync(join(folder(kind), "cdk.tf.json"), "utf8")) as StackJson;
  return { folder, json, remove: () => rmSync(root, { recursive: true, force: true }) };
}
