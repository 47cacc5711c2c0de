import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApp } from "./create-app.ts";
import { lockProviders } from "./lock-providers.ts";
import { testFleet } from "./testing/synth.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "infra-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("each AWS stack gets the sums of the very version that its provider is bound to", () => {
  const config = testFleet();
  createApp(config, { outdir: folder }).synth();
  lockProviders(folder, config);
  const { cdktf } = createRequire(import.meta.url)("@cdktf/provider-aws/package.json") as {
    cdktf: { provider: { version: string } };
  };
  for (const kind of ["bootstrap", "fleet", "budget"]) {
    const lock = readFileSync(join(folder, "stacks", `test-production-${kind}`, ".terraform.lock.hcl"), "utf8");
    expect(lock).toContain(`version     = "${cdktf.provider.version}"`);
    expect(lock).toContain(`constraints = "${cdktf.provider.version}"`);
  }
});
