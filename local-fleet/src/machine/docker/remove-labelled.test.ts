import type { CommandResult, Runner } from "@compose-fleet/process";
import { expect, test } from "vitest";
import { removeLabelled } from "./remove-labelled.ts";

/**
 * An engine with one network and one container in it. `endpointStays` says whether the container's endpoint outlives it: not at all,
 * until it is disconnected by force, whatever is done, or only in Docker's count.
 */
function fakeEngine(
  endpointStays: "no" | "until forced" | "always" | "miscounted",
  volumes: readonly string[] = [],
  { containerResists = 0 } = {},
) {
  let resists = containerResists;
  const commands: string[] = [];
  let containers = ["compose-fleet-x-lb"];
  let networks = ["compose-fleet-x-vpc"];
  let endpoints = ["compose-fleet-x-lb"];
  const fail = (stderr: string): CommandResult => ({
    exitCode: 1,
    stdout: "",
    stderr,
    timedOut: false,
    missing: false,
  });
  const say = (lines: readonly string[] = []): CommandResult => ({
    exitCode: 0,
    stdout: lines.map((line) => `${line}\n`).join(""),
    stderr: "",
    timedOut: false,
    missing: false,
  });
  const answer = (args: readonly string[]): CommandResult => {
    const [first, second] = args;
    if (first === "ps") return say(containers);
    if (first === "rm") {
      if (resists-- > 0) return fail("removal is already in progress");
      containers = [];
      if (endpointStays === "no" || endpointStays === "miscounted") endpoints = [];
      return say();
    }
    if (first === "volume") return second === "ls" ? say(volumes) : fail("volume is in use");
    if (second === "ls") return say(networks);
    if (second === "inspect") return say(endpoints);
    if (second === "disconnect") {
      if (endpointStays === "until forced" && args.includes("--force")) endpoints = [];
      return say();
    }
    if (endpoints.length > 0 || endpointStays === "miscounted") return fail("network has active endpoints");
    networks = [];
    return say();
  };
  const runner: Runner = {
    run: async ({ args }) => {
      commands.push(args.join(" "));
      return answer(args);
    },
  };
  return { runner, commands };
}

const atOnce = async () => {};
const label = "compose-fleet.local=x";

test("a container goes before its network, and nothing is disconnected by force", async () => {
  const { runner, commands } = fakeEngine("no");
  await removeLabelled(runner, label, atOnce);
  const order = ["rm --force --volumes compose-fleet-x-lb", "network rm compose-fleet-x-vpc"];
  expect(commands.filter((command) => order.includes(command))).toEqual(order);
  expect(commands.filter((command) => command.includes("disconnect"))).toEqual([]);
});

test("a network with the endpoint of a container that is gone is freed of it by force", async () => {
  const { runner, commands } = fakeEngine("until forced");
  await removeLabelled(runner, label, atOnce);
  expect(commands).toContain("network disconnect --force compose-fleet-x-vpc compose-fleet-x-lb");
});

test.each([0, 1, 5, 8])(
  "nothing is forced within 3 s of the last container, which resisted %i times",
  async (containerResists) => {
    const { runner, commands } = fakeEngine("until forced", [], { containerResists });
    let waitedMs = 0;
    let goneAtMs = 0;
    let forcedAtMs: number | undefined;
    const run: typeof runner.run = (command) => {
      const [first, second] = command.args;
      if (first === "rm") goneAtMs = waitedMs;
      if (second === "disconnect") forcedAtMs ??= waitedMs;
      return runner.run(command);
    };
    await removeLabelled({ run }, label, async (ms) => {
      waitedMs += ms;
    }).catch(() => undefined);
    expect(forcedAtMs).toBeGreaterThanOrEqual(goneAtMs + 3_000);
    expect(commands.filter((command) => command.startsWith("network disconnect"))).toHaveLength(1);
  },
);

test("an empty network that Docker keeps, because it counts wrong, is no failure; it is waited for, and named", async () => {
  let waitedMs = 0;
  const wait = async (ms: number) => {
    waitedMs += ms;
  };
  const { runner } = fakeEngine("miscounted");
  expect(await removeLabelled(runner, label, wait)).toEqual({ found: true, kept: ["compose-fleet-x-vpc"] });
  expect(waitedMs).toBeGreaterThanOrEqual(3_000);
  expect(await removeLabelled(runner, label, wait)).toEqual({ found: false, kept: ["compose-fleet-x-vpc"] });
});

test("a volume that stays is a failure beside a network that Docker keeps", async () => {
  const { runner } = fakeEngine("miscounted", ["compose-fleet-x_data"]);
  await expect(removeLabelled(runner, label, atOnce)).rejects.toThrow("the volume compose-fleet-x_data");
});

test("what stays is named with its reason and with what to do", async () => {
  await expect(removeLabelled(fakeEngine("always").runner, label, atOnce)).rejects.toThrow(
    "Docker did not remove the network compose-fleet-x-vpc, which still has an endpoint of compose-fleet-x-lb. Restart Docker (systemctl restart docker), which makes it forget what is not there any more, then try again: npx fleet local down",
  );
});

test("what stays is all named", async () => {
  await expect(removeLabelled(fakeEngine("no", ["compose-fleet-x_data"]).runner, label, atOnce)).rejects.toThrow(
    "Docker did not remove the volume compose-fleet-x_data.",
  );
});
