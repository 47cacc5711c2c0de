import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFakeRunner } from "../../../process/test/fake-runner.ts";
import type { CliContext } from "../run/context.ts";
import { renderCommand } from "./render.ts";

const root = resolve(import.meta.dirname, "../../..");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-render-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("fleet render --out writes below that folder, and leaves the project's own files alone", async () => {
  const own = () => readFile(join(root, "stack-prometheus/rendered/prometheus.yml"), "utf8");
  const before = await own();
  const printed: string[] = [];
  const machine = { runner: createFakeRunner([]) };
  const terminal = { progress: { note: () => {} } };
  const context = {
    root,
    machine,
    terminal,
    print: (line: string) => void printed.push(line),
  } as unknown as CliContext;
  const fleet = join(root, "fleet.demo.yaml");
  await renderCommand(context).parseAsync(["--fleet", fleet, "--out", folder], { from: "user" });
  expect(printed).toContain("stack-prometheus/rendered/prometheus.yml");
  expect(await readFile(join(folder, "stack-prometheus/rendered/prometheus.yml"), "utf8")).not.toBe(before);
  expect(await own()).toBe(before);
});
