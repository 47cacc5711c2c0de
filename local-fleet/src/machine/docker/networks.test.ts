import type { CommandResult, Runner } from "@compose-fleet/process";
import { expect, test } from "vitest";
import { planAddresses } from "./addresses.ts";
import { dockerNames } from "./docker.ts";
import { createNetworks } from "./networks.ts";

const cidr = "10.231.10.0/24";
const labels = { "compose-fleet.local": "x", "compose-fleet.control": "/x/control.sock" };
const spec = { names: dockerNames("x"), cidr, addresses: planAddresses(cidr), labels };

/** An engine that refuses to create with `refusal`, and says `inspected` of the network that is there. */
function engine(refusal: string, inspected: string): { runner: Runner; commands: string[] } {
  const commands: string[] = [];
  const run = async ({ args }: { args: readonly string[] }): Promise<CommandResult> => {
    commands.push(args.slice(0, 2).join(" "));
    const fails = args[1] === "create" && refusal !== "";
    return {
      exitCode: fails ? 1 : 0,
      stdout: inspected,
      stderr: fails ? refusal : "",
      timedOut: false,
      missing: false,
    };
  };
  return { runner: { run }, commands };
}

const exists = "Error response from daemon: network with name compose-fleet-x-vpc already exists";

test("creates both", async () => {
  const { runner, commands } = engine("", "");
  await createNetworks(runner, spec);
  expect(commands).toEqual(["network create", "network create"]);
});

test("takes those that Docker kept of this fleet", async () => {
  const { runner } = engine(exists, `${JSON.stringify(labels)}\n${cidr}\n0\n`);
  await createNetworks(runner, spec);
});

test.each([
  ["another's", `${JSON.stringify({ ...labels, "compose-fleet.control": "/y" })}\n${cidr}\n0\n`],
  ["of nobody", `null\n${cidr}\n0\n`],
  ["with other addresses", `${JSON.stringify(labels)}\n10.9.0.0/24\n0\n`],
  ["with a container in it", `${JSON.stringify(labels)}\n${cidr}\n1\n`],
])("refuses one that is %s, and says what to do", async (_which, inspected) => {
  await expect(createNetworks(engine(exists, inspected).runner, spec)).rejects.toThrow(
    "docker network rm compose-fleet-x-vpc",
  );
});

test("addresses that are taken are named", async () => {
  const overlap = "Error response from daemon: Pool overlaps with other one on this address space";
  await expect(createNetworks(engine(overlap, "").runner, spec)).rejects.toThrow(`the network ${cidr} is taken`);
});
