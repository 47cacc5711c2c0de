import { systemClock } from "@compose-fleet/process";
import { expect, test } from "vitest";
import { newGroupId } from "../ids.ts";
import { createWorkerGroup } from "./worker-group.ts";

test("upkeep that fails says so once, and is tried again", async () => {
  const problems: string[] = [];
  let failures = 0;
  const workers = createWorkerGroup(
    { name: "workers", min: 1, max: 2, desired: 1, zones: ["a"], suspended: [] },
    {
      clock: { ...systemClock, sleep: (_, signal) => systemClock.sleep(1, signal) },
      newId: (kind) => {
        if (failures-- > 0) throw new Error("no id");
        return newGroupId(kind);
      },
      onProblem: (sentence) => problems.push(sentence),
      machine: {
        launch: async () => {},
        enterService: () => {},
        leaveService: async () => {},
        terminate: async (_, beforeShutdown) => beforeShutdown(),
      },
    },
  );
  const inService = () => workers.group().instances.find(({ state }) => state === "in-service")?.id;
  await expect.poll(inService).toBeDefined();
  const first = inService() ?? "";
  failures = 3;
  workers.setHealth(first, false);
  await expect.poll(() => [first, undefined].includes(inService())).toBe(false);
  await workers.settle();
  expect(problems).toEqual(["the worker group failed: no id"]);
});
