import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createApp } from "./create-app.ts";
import { testFleet } from "./testing/synth.ts";

const folder = mkdtempSync(join(tmpdir(), "infra-"));
afterEach(() => rmSync(folder, { recursive: true }));

const dns = { zoneId: "0123456789abcdef0123456789abcdef", name: "fleet.example.com" };

test("dev, stage and production stand side by side, and dns only where it is asked for", () => {
  createApp(testFleet({ environment: "dev" }), { outdir: folder }).synth();
  createApp(testFleet({ environment: "production", dns }), { outdir: folder }).synth();
  expect(readdirSync(join(folder, "stacks")).sort()).toEqual([
    "test-dev-bootstrap",
    "test-dev-budget",
    "test-dev-fleet",
    "test-production-bootstrap",
    "test-production-budget",
    "test-production-dns",
    "test-production-fleet",
  ]);
});
