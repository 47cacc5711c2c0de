import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

// The way out of cdktf, which is archived: the fork writes the same Terraform (docs/adr/0007-cdktf-archived.md).

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Every stack, and every part that can be left out. */
const EVERYTHING = `
name: shop
region: eu-central-1
network: { cidr: 10.0.0.0/16, zones: [a, b, c], privateZone: shop.internal }
workers: { min: 2, max: 5, instanceTypes: [t3.small], spot: { onDemandBase: 1, spotShareAboveBase: 0.5 } }
services:
  web: { path: /, port: 80, memory: 64m, capacity: { requestsPerSecond: 100 }, secrets: [KEY] }
notify: { telegram: { chatId: 1 }, email: ops@example.com }
tls: { certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1b2c3d4e-0000-0000-0000-000000000000" }
dns: { zoneId: 0123456789abcdef0123456789abcdef, name: fleet.example.com }
deploy: { account: "123456789012" }
`;

let scratch: string;
let ours: Stacks;
let forks: Stacks;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "fleet-cdktn-"));
  await writeFile(join(scratch, "fleet.yaml"), EVERYTHING);
  [ours, forks] = await Promise.all([synthesize("cdktf", []), synthesize("cdktn", ["--import", at("in-place.mjs")])]);
});
afterAll(() => rm(scratch, { recursive: true }));

test("the fork writes the same stacks as cdktf, but for its own version", () => {
  expect(Object.keys(ours).sort()).toEqual(
    ["bootstrap", "budget", "dns", "fleet"].map((kind) => `shop-production-${kind}`),
  );
  expect(withoutVersions(forks)).toEqual(withoutVersions(ours));
});

test("and it is the fork that wrote them", async () => {
  const versionOf = async (path: string) => JSON.parse(await readFile(at(path), "utf8")).version as string;
  const written = (stacks: Stacks) => new Set(Object.values(stacks).map((stack) => stack["//"].metadata.version));
  expect(written(ours)).toEqual(new Set([await versionOf("../../node_modules/cdktf/package.json")]));
  expect(written(forks)).toEqual(new Set([await versionOf("node_modules/cdktn/package.json")]));
});

interface Stack {
  readonly "//": { readonly metadata: Readonly<Record<string, unknown>> };
}
type Stacks = Readonly<Record<string, Stack>>;

/** Runs `npm run infra:synth` in a folder of its own. */
async function synthesize(name: string, hooks: readonly string[]): Promise<Stacks> {
  const folder = await mkdtemp(join(scratch, name));
  await promisify(execFile)(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), ...hooks, at("../../infra/main.ts")],
    {
      cwd: folder,
      env: { FLEET_FILE: join(scratch, "fleet.yaml"), CHECKPOINT_DISABLE: "1" },
    },
  );
  const stacks = join(folder, "cdktf.out", "stacks");
  const read = async (stack: string) => [stack, JSON.parse(await readFile(join(stacks, stack, "cdk.tf.json"), "utf8"))];
  return Object.fromEntries(await Promise.all((await readdir(stacks)).map(read)));
}

function withoutVersions(stacks: Stacks): unknown {
  return Object.fromEntries(
    Object.entries(stacks).map(([name, stack]) => {
      const { version: _version, ...metadata } = stack["//"].metadata;
      return [name, { ...stack, "//": { ...stack["//"], metadata } }];
    }),
  );
}
