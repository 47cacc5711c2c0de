import type { MachineKind } from "@compose-fleet/fleet";
import { type FleetConfig, parseFleetConfig } from "@compose-fleet/fleet";
import { CliError } from "@compose-fleet/process";
import { parseRevisionInfo } from "@compose-fleet/releases";
import { beforeEach, expect, test } from "vitest";
import { createLineProgress } from "../run/progress.ts";
import { type MakeDeps, type MakeRequest, makeRevisions } from "./make-revisions.ts";
import type { OwnImage } from "./own-image.ts";
import { readFromTgz } from "./tar.ts";

const images: OwnImage[] = [
  { name: "wh", folder: "wh", runsOn: "monitoring" },
  { name: "web", folder: "web", runsOn: "workers" },
  { name: "shop", folder: "shop", runsOn: "workers" },
];
const did: string[] = [];
const pushed = new Set<string>();
const bucket = new Map<string, Buffer>();
let hashes: Record<string, string>;

const store: MakeDeps["store"] = {
  put: async (kind, revision, archive) => {
    const key = `${kind}/${revision}`;
    if (bucket.has(key)) return "there already";
    bucket.set(key, archive);
    did.push(`put ${kind}`);
    return "created";
  },
  has: async (kind, revision) => bucket.has(`${kind}/${revision}`),
  get: async (kind, revision) => bucket.get(`${kind}/${revision}`) ?? Buffer.alloc(0),
};
const deps: MakeDeps = {
  source: { files: async (folder) => [{ path: "start.sh", mode: 0o755, content: Buffer.from(folder) }] },
  maker: {
    prepare: async ({ name }) => hashes[name] ?? "",
    build: async ({ name }) => {
      did.push(`build ${name}`);
    },
    push: async (reference) => {
      did.push(`push ${reference}`);
      pushed.add(reference.replace("registry:5000/", ""));
    },
    pull: async (reference) => {
      did.push(`pull ${reference}`);
      return "sha256:0123456789abcdef";
    },
    pushAs: async (image, reference) => {
      did.push(`copy ${image}`);
      pushed.add(reference.replace("registry:5000/", ""));
    },
  },
  registry: {
    signIn: async () => ({ host: "registry:5000", username: "AWS", password: "x" }),
    find: async (repository, reference) => {
      const tag = reference.replace("sha256:of-", "");
      return pushed.has(`${repository}:${tag}`) ? `sha256:of-${tag}` : undefined;
    },
  },
  store,
  checkCompose: async () => [],
  standIns: {},
  sleep: async () => {},
  progress: createLineProgress({ write: () => {}, nowMs: () => 0 }),
};
const request = (change: Partial<MakeRequest> = {}): MakeRequest => ({
  config: fleet(),
  commit: { id: "c".repeat(40), subject: "web: faster" },
  fleetFile: Buffer.from("name: shop\n"),
  rendered: [],
  images,
  kinds: ["workers"],
  services: undefined,
  refresh: false,
  current: {},
  author: "me@here",
  nowMs: 0,
  ...change,
});
const infoOf = async (kind: MachineKind, revision = "") => {
  const found = await readFromTgz(bucket.get(`${kind}/${revision}`) ?? Buffer.alloc(0), "revision.json");
  return parseRevisionInfo(found?.toString() ?? "");
};

beforeEach(() => {
  did.length = 0;
  pushed.clear();
  bucket.clear();
  hashes = { wh: "111111111111", web: "222222222222", shop: "333333333333" };
});

function fleet(): FleetConfig {
  const parsed = parseFleetConfig({
    name: "shop",
    environment: "stage",
    services: { web: { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 9 } } },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

test("all images are built, then pushed, then the revisions are put", async () => {
  const made = await makeRevisions(deps, request({ kinds: ["workers", "monitoring"] }));
  expect(did).toEqual([
    "build wh",
    "build web",
    "build shop",
    "push registry:5000/fleet-shop-stage/wh:cccccccccccc-111111111111",
    "push registry:5000/fleet-shop-stage/web:cccccccccccc-222222222222",
    "push registry:5000/fleet-shop-stage/shop:cccccccccccc-333333333333",
    "put workers",
    "put monitoring",
  ]);
  expect(await infoOf("workers", made.workers?.revision)).toMatchObject({
    subject: "web: faster",
    createdBy: "me@here",
    images: { web: "registry:5000/fleet-shop-stage/web:cccccccccccc-222222222222" },
  });
});

test("of one kind of machine, only what runs there is made", async () => {
  const made = await makeRevisions(deps, request({ kinds: ["monitoring"] }));
  expect(did.filter((what) => what.startsWith("build"))).toEqual(["build wh"]);
  expect(Object.keys((await infoOf("monitoring", made.monitoring?.revision)).images)).toEqual(["wh"]);
});

test("what did not change keeps its image, so that its replicas stay", async () => {
  const first = await makeRevisions(deps, request());
  did.length = 0;
  hashes = { ...hashes, web: "555555555555" };
  const commit = { id: "d".repeat(40), subject: "web: next" };
  const current = { workers: first.workers?.revision ?? "" };
  const second = await makeRevisions(deps, request({ commit, current }));
  expect(did.filter((what) => what.startsWith("build"))).toEqual(["build web"]);
  expect((await infoOf("workers", second.workers?.revision)).images).toEqual({
    web: "registry:5000/fleet-shop-stage/web:dddddddddddd-555555555555",
    shop: "registry:5000/fleet-shop-stage/shop:cccccccccccc-333333333333",
  });
});

test("an unchanged image that the registry has forgotten is made again", async () => {
  const first = await makeRevisions(deps, request());
  did.length = 0;
  pushed.clear();
  const commit = { id: "d".repeat(40), subject: "docs" };
  await makeRevisions(deps, request({ commit, current: { workers: first.workers?.revision ?? "" } }));
  expect(did).toContain("push registry:5000/fleet-shop-stage/shop:dddddddddddd-333333333333");
});

test("the same commit again builds and pushes nothing", async () => {
  const first = await makeRevisions(deps, request());
  did.length = 0;
  const second = await makeRevisions(deps, request({ nowMs: 9e9, author: "ci@there" }));
  expect(did).toEqual([]);
  expect(second.workers?.revision).toBe(first.workers?.revision);
});

test("one service alone: the others stay at the images that run", async () => {
  const first = await makeRevisions(deps, request());
  did.length = 0;
  hashes = { wh: "444444444444", web: "555555555555", shop: "666666666666" };
  const current = { workers: first.workers?.revision ?? "" };
  const commit = { id: "d".repeat(40), subject: "next" };
  const second = await makeRevisions(deps, request({ commit, services: ["web"], current }));
  expect(did.filter((what) => what.startsWith("build"))).toEqual(["build web"]);
  expect((await infoOf("workers", second.workers?.revision)).images).toEqual({
    shop: "registry:5000/fleet-shop-stage/shop:cccccccccccc-333333333333",
    web: "registry:5000/fleet-shop-stage/web:dddddddddddd-555555555555",
  });
});

test("one service alone before anything was released is refused", async () => {
  await expect(makeRevisions(deps, request({ services: ["web"] }))).rejects.toMatchObject({ exitCode: 2 });
  expect(did).toEqual([]);
});

test("a compose file that cannot be read stops it before anything is built or pushed", async () => {
  const checkCompose = () => Promise.reject(new CliError("compose cannot read stack-worker"));
  await expect(makeRevisions({ ...deps, checkCompose }, request())).rejects.toThrow("compose cannot read stack-worker");
  expect(did).toEqual([]);
});

test("images of others are copied after everything could be read and built, and the next release leaves them as they run", async () => {
  const compose = Buffer.from(`services:\n  nginx:\n    image: \${NGINX_IMAGE:-nginx:1.30}\n`);
  const withNginx: MakeDeps = {
    ...deps,
    source: { files: async () => [{ path: "compose.yml", mode: 0o644, content: compose }] },
    checkCompose: async () => ["nginx:1.30", "registry:5000/fleet-shop-stage/web:1"],
  };
  const first = await makeRevisions(withNginx, request());
  expect(did.filter((what) => /^(pull|copy|put)/.test(what))).toEqual([
    "pull nginx:1.30",
    "copy nginx:1.30",
    "put workers",
  ]);
  expect(did.indexOf("pull nginx:1.30")).toBeGreaterThan(did.findLastIndex((what) => what.startsWith("push")));
  const copy = "registry:5000/fleet-shop-stage/third_party@sha256:of-nginx_1.30-0123456789ab";
  expect((await infoOf("workers", first.workers?.revision)).thirdParty).toEqual({ "nginx:1.30": copy });
  did.length = 0;
  const second = await makeRevisions(withNginx, request({ current: { workers: first.workers?.revision ?? "" } }));
  expect(second.workers?.revision).toBe(first.workers?.revision);
  expect(did).toEqual([]);
});
