import { expect, test } from "vitest";
import { createFakeProgress } from "../../../process/test/fake-progress.ts";
import type { CliContext } from "../run/context.ts";
import { maintenanceCommand } from "./maintenance.ts";

/** Runs the command against a fleet in memory, whose second worker may have a problem. */
async function run(args: readonly string[], { text = "none", problem }: { text?: string; problem?: string } = {}) {
  const printed: string[] = [];
  const context = { print: (line: string) => printed.push(line), terminal: { progress: createFakeProgress() } };
  let written = text;
  const command = maintenanceCommand(context as unknown as CliContext, async () => ({
    services: ["web", "api"],
    store: {
      read: async () => written,
      write: async (next) => {
        written = next;
      },
    },
    workers: {
      list: async () => ["i-1", "i-2"].map((id) => ({ id, boots: false })),
      obey: async (id) => (id === "i-2" ? problem : undefined),
    },
  }));
  const failure: unknown = await command.parseAsync(args, { from: "user" }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { printed, written, failure };
}

test.each([
  [["on"], "*", "In maintenance: web, api. Workers that know: 2 of 2."],
  [["on", "--service", "web"], "web", "In maintenance: web. Workers that know: 2 of 2."],
  [["off"], "none", "No service is in maintenance. Workers that know: 2 of 2."],
])("%j writes %j", async (args, written, line) => {
  expect(await run(args)).toEqual({ printed: [line], written, failure: undefined });
});

test("an unknown service is a usage error, and nothing is written", async () => {
  const { written, failure } = await run(["on", "--service", "wbe"]);
  expect(written).toBe("none");
  expect(failure).toMatchObject({ exitCode: 2, message: expect.stringContaining("this fleet has web, api") });
});

test("a worker that does not follow is told with why, and what to do", async () => {
  const { written, failure } = await run(["on"], { problem: "Undeliverable: no output" });
  expect(written).toBe("*");
  expect(failure).toMatchObject({ exitCode: 1 });
  expect(String(failure)).toMatch(/run the command again:\n {2}i-2: Undeliverable: no output$/);
});

test("status says what is written, also as JSON", async () => {
  expect((await run(["status"], { text: "api" })).printed).toEqual(["In maintenance: api."]);
  const { printed } = await run(["status", "--json"], { text: "*" });
  expect(JSON.parse(printed.join())).toEqual({ inMaintenance: ["web", "api"], all: true });
});
