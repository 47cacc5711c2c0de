import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FleetConfig } from "@compose-fleet/fleet";
import { z } from "zod";
import { type StackKind, stackName } from "../account/names.ts";
import { createApp } from "../create-app.ts";
import { lockProviders } from "../lock-providers.ts";
import type { BootstrapState } from "../stacks/bootstrap-stack.ts";

/** What can be made anew by name, and the construct that it is. */
export const REPLACEABLE = { monitoring: { stack: "fleet", path: "monitoring/instance" } } as const satisfies Readonly<
  Record<string, { readonly stack: StackKind; readonly path: string }>
>;
export type Replaceable = keyof typeof REPLACEABLE;

/** Stacks as Terraform reads them. */
export interface Synthesized {
  /** In which Terraform runs. */
  folder(stack: StackKind): string;
  /** Terraform's address of what is to be made anew. */
  addressOf(what: Replaceable): string;
}

/** Writes all stacks of the fleet into `outdir`, as `npm run infra:synth` does; what Terraform keeps there stays. */
export function synthesize(config: FleetConfig, outdir: string, bootstrapState: BootstrapState): Synthesized {
  createApp(config, { outdir, bootstrapState }).synth();
  lockProviders(outdir, config);
  const folder = (stack: StackKind) => join(outdir, "stacks", stackName(config, stack));
  return {
    folder,
    addressOf: (what) => {
      const { stack, path } = REPLACEABLE[what];
      const json = readFileSync(join(folder(stack), "cdk.tf.json"), "utf8");
      return addressOfConstruct(JSON.parse(json), `${stackName(config, stack)}/${path}`);
    },
  };
}

const resourcesSchema = z.object({
  resource: z.record(
    z.string(),
    z.record(z.string(), z.object({ "//": z.object({ metadata: z.object({ path: z.string() }) }) })),
  ),
});

/** Address of the resource that a construct became. Throws where the stack has no such construct. */
export function addressOfConstruct(json: unknown, path: string): string {
  for (const [type, resources] of Object.entries(resourcesSchema.parse(json).resource))
    for (const [name, { "//": comment }] of Object.entries(resources))
      if (comment.metadata.path === path) return `${type}.${name}`;
  throw new Error(`no construct ${path} in the stack`);
}
