import { systemClock } from "@compose-fleet/process";
import { expect, test } from "vitest";
import { duplicateWebhooks } from "./duplicate-webhooks.ts";
import { type Fault, FaultError } from "./fault.ts";
import { createFaultRegistry } from "./registry.ts";

/** A registry of two faults that write down what happens to them. */
function start() {
  const log: string[] = [];
  const problems: string[] = [];
  let ids = 0;
  const fault = (name: Fault["name"], worker: Fault["worker"]): Fault => ({
    name,
    description: name,
    worker,
    target: async (asked) => asked ?? "all",
    begin: async (target) => {
      if (target === "i-bad") throw new Error("no such container");
      log.push(`${name} ${target}`);
      return async () => {
        log.push(`undo ${name} ${target}`);
        if (target === "i-gone") throw new Error("it is gone");
      };
    },
  });
  const registry = createFaultRegistry({
    faults: [fault("kill-wh", "none"), fault("cut-worker", "needed")],
    clock: systemClock,
    newId: () => `f-${++ids}`,
    onProblem: (sentence) => problems.push(sentence),
  });
  return { registry, log, problems };
}

test("a fault is in force until it is ended", async () => {
  const { registry, log } = start();
  const { id } = await registry.start({ name: "kill-wh" });
  expect(registry.active()).toMatchObject([{ id, name: "kill-wh", target: "all" }]);
  await registry.end(id);
  expect([registry.active(), log]).toEqual([[], ["kill-wh all", "undo kill-wh all"]]);
});

test("a fault with a time is undone by itself, once", async () => {
  const { registry, log } = start();
  const { id } = await registry.start({ name: "kill-wh", forSeconds: 0.02 });
  await expect.poll(() => registry.active()).toEqual([]);
  await expect(registry.end(id)).rejects.toThrow(FaultError);
  expect(log).toEqual(["kill-wh all", "undo kill-wh all"]);
});

test("one of a name and target at a time; another target is another fault", async () => {
  const { registry } = start();
  const first = await registry.start({ name: "cut-worker", worker: "i-1" });
  await expect(registry.start({ name: "cut-worker", worker: "i-1" })).rejects.toMatchObject({ status: 409 });
  await registry.start({ name: "cut-worker", worker: "i-2" });
  await registry.end(first.id);
  await registry.start({ name: "cut-worker", worker: "i-1" });
  expect(registry.active()).toHaveLength(2);
});

test("a fault that cannot begin is not in force and may be tried again", async () => {
  const { registry } = start();
  for (let tried = 0; tried < 2; tried += 1)
    await expect(registry.start({ name: "cut-worker", worker: "i-bad" })).rejects.toThrow("no such container");
  expect(registry.active()).toEqual([]);
});

test("an undo that fails is said, and the fault is over", async () => {
  const { registry, problems } = start();
  const { id } = await registry.start({ name: "cut-worker", worker: "i-gone" });
  await registry.end(id);
  expect(problems).toEqual(["undoing cut-worker on i-gone failed: it is gone"]);
  expect(registry.active()).toEqual([]);
});

test("ending all undoes the newest first and lets no new one begin", async () => {
  const { registry, log } = start();
  await registry.start({ name: "kill-wh", forSeconds: 60 });
  await registry.start({ name: "cut-worker", worker: "i-1" });
  await registry.endAll();
  expect(log.slice(2)).toEqual(["undo cut-worker i-1", "undo kill-wh all"]);
  await expect(registry.start({ name: "kill-wh" })).rejects.toMatchObject({ status: 409 });
});

test("webhooks of the one receiver are listed twice, the rest stays", () => {
  const config = "receivers:\n  - name: nobody\n  - name: wh\n    webhook_configs: [{url: a}, {url: b}]\n";
  expect(duplicateWebhooks(config, "wh").match(/url: \w/g)).toEqual(["url: a", "url: b", "url: a", "url: b"]);
  expect(() => duplicateWebhooks(config, "nobody")).toThrow("no webhook to duplicate");
});
