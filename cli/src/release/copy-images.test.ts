import { CliError } from "@compose-fleet/process";
import { beforeEach, expect, test } from "vitest";
import { type CopyRequest, copyImages } from "./copy-images.ts";

const REPOSITORY = "fleet-shop-stage/third_party";
const login = { host: "registry:5000", username: "AWS", password: "x" };
const request = (change: Partial<CopyRequest> = {}): CopyRequest => ({
  references: ["nginx:1.30"],
  standIns: new Map(),
  former: {},
  refresh: false,
  repository: REPOSITORY,
  login,
  ...change,
});

let did: string[];
let ids: Record<string, string>;
let pushed: Map<string, string>;
let failures: string[];
beforeEach(() => {
  did = [];
  ids = { "nginx:1.30": "sha256:aaaaaaaaaaaaffff", "redis:8": "sha256:bbbbbbbbbbbbffff" };
  pushed = new Map();
  failures = [];
});
const deps = {
  maker: {
    pull: async (reference: string) => {
      did.push(`pull ${reference}`);
      const failure = failures.shift();
      if (failure !== undefined) throw new CliError(failure);
      return ids[reference] ?? "";
    },
    pushAs: async (source: string, reference: string) => {
      did.push(`push ${source}`);
      // Registries count manifests, not images: a digest is another number than the id.
      pushed.set(reference.replace("registry:5000/", ""), `sha256:of-${ids[source]}`);
    },
  },
  registry: {
    find: async (repository: string, reference: string) =>
      reference.startsWith("sha256:")
        ? [...pushed.values()].find((digest) => digest === reference)
        : pushed.get(`${repository}:${reference}`),
  },
  sleep: async (ms: number) => void did.push(`wait ${ms / 1000}`),
  update: () => {},
};
const NGINX = `registry:5000/${REPOSITORY}@sha256:of-sha256:aaaaaaaaaaaaffff`;

test("an image is copied, and named by the copy's digest", async () => {
  expect(await copyImages(deps, request())).toEqual({ "nginx:1.30": NGINX });
  expect(did).toEqual(["pull nginx:1.30", "push nginx:1.30"]);
});

test("one that runs stays, also when its name means another one by now, and its registry is not asked", async () => {
  const former = await copyImages(deps, request());
  did = [];
  ids["nginx:1.30"] = "sha256:ccccccccccccffff";
  expect(await copyImages(deps, request({ former }))).toEqual(former);
  expect(did).toEqual([]);
});

test("with refresh the newer one is taken", async () => {
  const former = await copyImages(deps, request());
  ids["nginx:1.30"] = "sha256:ccccccccccccffff";
  expect(await copyImages(deps, request({ former, refresh: true }))).not.toEqual(former);
});

test("with refresh one that is the same is not pushed again: tags never move", async () => {
  const former = await copyImages(deps, request());
  did = [];
  expect(await copyImages(deps, request({ former, refresh: true }))).toEqual(former);
  expect(did).toEqual(["pull nginx:1.30"]);
});

test("one that the fleet's registry has forgotten is copied again", async () => {
  const former = await copyImages(deps, request());
  pushed.clear();
  expect(await copyImages(deps, request({ former }))).toEqual(former);
});

test("a copy in another fleet's registry counts for nothing", async () => {
  const former = { "nginx:1.30": "elsewhere:5000/fleet-x-y/third_party@sha256:1" };
  expect(await copyImages(deps, request({ former }))).toEqual({ "nginx:1.30": NGINX });
});

test("an image of this machine stands for one that no registry has", async () => {
  ids["stand-in/nginx:1"] = "sha256:ddddddddddddffff";
  await copyImages(deps, request({ standIns: new Map([["nginx:1.30", "stand-in/nginx:1"]]) }));
  expect(did).toEqual(["pull stand-in/nginx:1", "push stand-in/nginx:1"]);
  expect([...pushed.keys()]).toEqual([`${REPOSITORY}:nginx_1.30-dddddddddddd`]);
});

test.each([
  "toomanyrequests: You have reached your pull rate limit",
  "unexpected status code https://registry-1.docker.io/v2/: 429 Too Many Requests",
  "received unexpected HTTP status: 503 Service Unavailable",
  'Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout',
  "502 Bad Gateway",
])("a registry that is busy is asked again, with growing waits: %s", async (failure) => {
  failures = [failure, failure];
  expect(await copyImages(deps, request())).toEqual({ "nginx:1.30": NGINX });
  expect(did).toEqual([
    "pull nginx:1.30",
    "wait 5",
    "pull nginx:1.30",
    "wait 15",
    "pull nginx:1.30",
    "push nginx:1.30",
  ]);
});

test("one that stays busy is named, and what helps", async () => {
  failures = Array.from({ length: 9 }, () => "429 Too Many Requests");
  await expect(copyImages(deps, request())).rejects.toThrow(
    /^docker\.io does not give nginx:1\.30, after 5 tries\. Nothing was deployed\. .*docker login docker\.io.*\n429 Too Many Requests/,
  );
  expect(did.filter((what) => what.startsWith("wait"))).toEqual(["wait 5", "wait 15", "wait 45", "wait 90"]);
});

test("one that says no is not asked again", async () => {
  failures = ["pull access denied for ghcr.io/shop/secret, repository does not exist"];
  await expect(copyImages(deps, request({ references: ["ghcr.io/shop/secret:1"] }))).rejects.toThrow(
    /^ghcr\.io does not give ghcr\.io\/shop\/secret:1\. Nothing was deployed\.\npull access denied/,
  );
  expect(did).toEqual(["pull ghcr.io/shop/secret:1"]);
});
