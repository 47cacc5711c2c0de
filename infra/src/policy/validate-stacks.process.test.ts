import { homedir } from "node:os";
import { loadFleetFile } from "@compose-fleet/files";
import { beforeAll, describe, expect, test } from "vitest";
import { findTools } from "../terraform/provider.ts";
import { testFleet } from "../testing/synth.ts";
import { AWS_STACKS, validateStacks } from "./validate-stacks.ts";

const projectFleet = await loadFleetFile(new URL("../../../fleet.yaml", import.meta.url).pathname);
// biome-ignore lint/style/noProcessEnv: a test reads what its machine has
const env = process.env;
const tools = findTools(env, homedir(), false);
const mirror = tools.found ? tools.mirror : undefined;
const dnsTools = findTools({ ...env, TF_MIRROR_DIR: undefined }, homedir(), false, "cloudflare");

beforeAll(() => {
  if (!tools.found) process.stderr.write(`\nNOT RUN, Terraform's validate and plan of infra/: ${tools.reason}\n\n`);
  if (!dnsTools.found) process.stderr.write(`\nNOT RUN, Terraform's validate of the stack dns: ${dnsTools.reason}\n\n`);
});

describe.runIf(tools.found)("Terraform and the rules find no fault, without an account", () => {
  test.each([
    ["fleet.yaml", projectFleet, AWS_STACKS],
    [
      "a fleet with everything that can be left out",
      testFleet({
        environment: "stage",
        network: { cidr: "10.0.0.0/16", zones: ["a", "b", "c"] },
        workers: {
          min: 2,
          max: 5,
          instanceTypes: ["t3.small", "t3a.small"],
          spot: { onDemandBase: 1, spotShareAboveBase: 0.5 },
        },
        tls: {
          certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1b2c3d4e-0000-0000-0000-000000000000",
        },
        notify: {
          telegram: { chatId: 1 },
          slack: {},
          webhook: { url: "https://example.com/fleet" },
          email: "ops@example.com",
        },
        deploy: { account: "123456789012", github: { repository: "shop/fleet" } },
      }),
      // The others have no part that can be left out but the role of the workflow.
      ["bootstrap", "fleet"],
    ],
  ] as const)("%s", async (_name, config, stacks) => {
    const reports = await validateStacks(config, { mirror, path: env.PATH, stacks });
    expect(reports.flatMap(({ stack, faults }) => faults.map((fault) => `${stack}: ${fault}`))).toEqual([]);
    expect(reports.map(({ stack, resources }) => [stack, resources > 0])).toEqual(stacks.map((stack) => [stack, true]));
  });
});

test.runIf(dnsTools.found)("Terraform finds no fault in the stack dns", async () => {
  const config = testFleet({ dns: { zoneId: "0123456789abcdef0123456789abcdef", name: "fleet.example.com" } });
  const found = dnsTools.found ? dnsTools.mirror : undefined;
  expect(await validateStacks(config, { mirror: found, path: env.PATH, stacks: ["dns"] })).toEqual([
    { stack: "dns", resources: 0, faults: [] },
  ]);
});
