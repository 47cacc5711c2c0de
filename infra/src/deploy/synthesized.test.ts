import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { testFleet } from "../testing/synth.ts";
import { synthesize } from "./synthesized.ts";

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), "fleet-synth-"));
});
afterEach(() => rmSync(outdir, { recursive: true }));

test("what can be made anew is a resource of the stack", () => {
  const synthesized = synthesize(testFleet(), outdir, "bucket");
  const [type = "", name = ""] = synthesized.addressOf("monitoring").split(".");
  const json = JSON.parse(readFileSync(join(synthesized.folder("fleet"), "cdk.tf.json"), "utf8"));
  expect(type).toBe("aws_instance");
  expect(json.resource[type][name].tags.Name).toBe("fleet-test-production-monitoring");
});

test("once more into the same folder: what Terraform keeps there stays, and the bootstrap's state is where it is told", () => {
  const backendOf = (folder: string) =>
    Object.keys(JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")).terraform.backend);
  const first = synthesize(testFleet(), outdir, "local").folder("bootstrap");
  expect(backendOf(first)).toEqual(["local"]);
  writeFileSync(join(first, "kept.tfstate"), "{}");
  const second = synthesize(testFleet(), outdir, "bucket").folder("bootstrap");
  expect(second).toBe(first);
  expect(backendOf(second)).toEqual(["s3"]);
  expect(readFileSync(join(second, "kept.tfstate"), "utf8")).toBe("{}");
});
