import { describe, expect, test } from "vitest";
import { readMaintenance, setMaintenance } from "./set-maintenance.ts";

/** A fleet in memory: what is written, and what each worker saw when it was told to look. */
function fleetOf(workers: Readonly<Record<string, string | { boots: true } | undefined>>, written?: string) {
  const seen: string[] = [];
  let text = written;
  return {
    seen,
    text: () => text,
    deps: {
      services: ["web", "api"],
      store: {
        read: async () => text,
        write: async (next: string) => {
          text = next;
        },
      },
      workers: {
        list: async () => Object.entries(workers).map(([id, how]) => ({ id, boots: typeof how === "object" })),
        obey: async (id: string) => {
          seen.push(`${id}: ${text}`);
          const how = workers[id];
          return typeof how === "object" ? "InvalidInstanceId" : how;
        },
      },
    },
  };
}

describe("setMaintenance", () => {
  test("writes first, then has every worker look", async () => {
    const { deps, seen, text } = fleetOf({ "i-1": undefined, "i-2": undefined });
    expect(await setMaintenance(deps, { isOn: true, service: "api" })).toEqual({
      inMaintenance: ["api"],
      all: false,
      workers: [{ id: "i-1" }, { id: "i-2" }],
    });
    expect([text(), ...seen]).toEqual(["api", "i-1: api", "i-2: api"]);
  });
  test("asks again of workers that may have missed it, although nothing else is to be written", async () => {
    const { deps, seen } = fleetOf({ "i-1": undefined }, "*");
    await setMaintenance(deps, { isOn: true });
    expect(seen).toEqual(["i-1: *"]);
  });
  test("tells who did not look; one that boots looks by itself", async () => {
    const { deps } = fleetOf({ "i-1": "Undeliverable: no output", "i-2": { boots: true } });
    const { workers } = await setMaintenance(deps, { isOn: false });
    expect(workers).toEqual([{ id: "i-1", problem: "Undeliverable: no output" }, { id: "i-2" }]);
  });
  test("what nobody understands is not taken for none: only the whole may be written anew", async () => {
    const broken = fleetOf({ "i-1": undefined }, "<html>");
    await expect(setMaintenance(broken.deps, { isOn: true, service: "web" })).rejects.toThrow(/nobody understands/);
    await expect(readMaintenance(broken.deps.store)).rejects.toThrow(/says "<html>"/);
    expect([broken.text(), broken.seen]).toEqual(["<html>", []]);
    await setMaintenance(broken.deps, { isOn: false });
    expect(broken.text()).toBe("none");
  });
});
