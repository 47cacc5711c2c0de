import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { type FleetConfig, type FleetConfigInput, parseFleetConfig } from "@compose-fleet/fleet";
import { type App, TerraformStack, Testing } from "cdktf";
import { withoutTraces } from "../without-traces.ts";

/** One resource, data source or output of the JSON that Terraform reads. */
export type Block = Record<string, unknown>;

/** The JSON of one stack, opened for assertions. */
export interface Synthesized {
  readonly json: Block;
  /** Resources of a type, such as `aws_vpc`, by their logical name. */
  readonly all: (type: string) => Readonly<Record<string, Block>>;
  /** The only resource of a type. Throws when there are none or several. */
  readonly one: (type: string) => Block;
}

/** A small valid fleet; `input` replaces whole sections. */
export function testFleet(input: Partial<FleetConfigInput> = {}): FleetConfig {
  const web = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } };
  const parsed = parseFleetConfig({ name: "test", services: { web }, ...input });
  if (!parsed.ok) throw new Error(parsed.faults.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  return parsed.config;
}

/** Synthesizes what `build` puts into an empty stack with an AWS provider. */
export function synthScope(build: (scope: TerraformStack) => void): Synthesized {
  return withoutTraces(() => {
    const stack = new TerraformStack(testApp(), "test");
    new AwsProvider(stack, "aws", { region: "eu-central-1" });
    build(stack);
    return open(Testing.synth(stack));
  });
}

/** Synthesizes one whole stack. */
export function synthStack(build: (app: App) => TerraformStack): Synthesized {
  return withoutTraces(() => open(Testing.synth(build(testApp()))));
}

/** Nothing is written to its folder: left to itself, each test would leave an empty one in the system's. */
function testApp(): App {
  return Testing.app({ outdir: "unused" });
}

function open(text: string): Synthesized {
  const json = JSON.parse(text) as Block;
  const all = (type: string): Record<string, Block> =>
    (json.resource as Record<string, Record<string, Block>>)?.[type] ?? {};
  return {
    json,
    all,
    one: (type) => {
      const found = Object.values(all(type));
      const [first] = found;
      if (found.length !== 1 || first === undefined)
        throw new Error(`${found.length} resources of type ${type}, not one`);
      return first;
    },
  };
}
