import { resolve } from "node:path";
import { loadFleetFile, readFleetDocument } from "@compose-fleet/files";
import { parseFleetConfig } from "@compose-fleet/fleet";
import fc from "fast-check";
import { expect, test } from "vitest";
import { localOverlay, localScaling } from "./overlay.ts";

const root = resolve(import.meta.dirname, "../../..");
const none = () => undefined;
const service = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 10 } };
const production = {
  name: "shop",
  environment: "production",
  services: { web: service },
  tls: { certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/abc" },
  dns: { zoneId: "0".repeat(32), name: "shop.example.com" },
  notify: { telegram: { chatId: 1 } },
  releases: { pull: { repository: "https://example.com/shop.git" } },
  deploy: { account: "123456789012" },
};

function parsed(document: unknown) {
  const result = parseFleetConfig(document);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.config;
}

test("production's file runs without what needs an account, a domain or other people", () => {
  const { document, changes } = localOverlay(production, none);
  const config = parsed(document);
  expect(config).toMatchObject({ name: "shop", environment: "local", scaling: localScaling });
  expect(config.tls).toBeUndefined();
  expect(config.dns).toBeUndefined();
  expect(config.releases.pull).toBeUndefined();
  expect(config.notify.telegram).toBeUndefined();
  expect(changes).toEqual(["environment local, short timings", "without tls, dns, notify, deploy, releases"]);
});

test("services, workers and network stay as they are", () => {
  const given = { ...production, workers: { min: 2, max: 3 }, network: { cidr: "10.1.0.0/16" } };
  const config = parsed(localOverlay(given, none).document);
  expect(config.workers).toMatchObject({ min: 2, max: 3 });
  expect(config.network.cidr).toBe("10.1.0.0/16");
  expect(config.services).toEqual(parsed(given).services);
});

test.each(["fleet.demo.yaml", "fleet.chaos.yaml", "fleet.bench.yaml", "fleet.release.yaml"])(
  "%s, written for one machine, runs as it is",
  async (name) => {
    const document = await readFleetDocument(resolve(root, name));
    expect(localOverlay(document, none)).toEqual({ document, changes: [], logins: {} });
  },
);

test("the timings are the demo's", async () => {
  expect((await loadFleetFile(resolve(root, "fleet.demo.yaml"))).scaling).toMatchObject(localScaling);
});

test("secrets are variables with test values, and keep what else the service has", () => {
  const given = {
    ...production,
    services: { web: { ...service, environment: { A: "1" }, secrets: ["API_KEY", "TOKEN"] } },
  };
  const { document, changes } = localOverlay(given, (name) => (name === "TOKEN" ? "mine" : undefined));
  expect(parsed(document).services.web).toMatchObject({
    environment: { A: "1", API_KEY: "test", TOKEN: "mine" },
    secrets: [],
  });
  expect(changes).toContain('API_KEY is "test"');
  expect(changes).toContain("TOKEN comes from LOCAL_TOKEN");
  expect(changes.join()).not.toContain("mine");
});

test("local.environment has the last word on variables, and on secrets that nobody gave a value", () => {
  const given = {
    ...production,
    services: {
      web: {
        ...service,
        environment: { A: "1", CACHE: "redis://cache.example.com" },
        secrets: ["DATABASE_URL", "TOKEN"],
      },
    },
    local: { environment: { CACHE: "redis://redis", DATABASE_URL: "postgres://postgres", TOKEN: "theirs" } },
  };
  const { document, changes } = localOverlay(given, (name) => (name === "TOKEN" ? "mine" : undefined));
  expect(parsed(document).services.web?.environment).toEqual({
    A: "1",
    CACHE: "redis://redis",
    DATABASE_URL: "postgres://postgres",
    TOKEN: "mine",
  });
  expect(changes).toContain("CACHE comes from local.environment");
  expect(changes).toContain("TOKEN comes from LOCAL_TOKEN");
});

test("logins stay secrets, with test values where nobody gave them one", () => {
  const basicAuth = ["STAFF_LOGIN", "MY_LOGIN", "OUR_LOGIN"];
  const given = {
    ...production,
    services: { web: { ...service, basicAuth } },
    local: { environment: { OUR_LOGIN: "us:together" } },
  };
  const { document, changes, logins } = localOverlay(given, (name) => (name === "MY_LOGIN" ? "me:mine" : undefined));
  expect(parsed(document).services.web).toMatchObject({ basicAuth, environment: {} });
  expect(logins).toEqual({ STAFF_LOGIN: "test:test", MY_LOGIN: "me:mine", OUR_LOGIN: "us:together" });
  expect(changes).toContain('STAFF_LOGIN is "test:test"');
  expect(changes.join()).not.toContain("mine");
});

test("every valid choice of timings stays valid, and anything at all is left for who checks it", () => {
  const timings = fc.record({
    metrics: fc.record({
      scrapeSeconds: fc.constantFrom(1, 2, 5),
      rateWindowSeconds: fc.integer({ min: 20, max: 900 }),
    }),
    drain: fc.record({
      quietSeconds: fc.integer({ min: 1, max: 900 }),
      deadlineSeconds: fc.integer({ min: 1, max: 900 }),
    }),
    lease: fc.constant({ ttlSeconds: 30, renewSeconds: 10 }),
  });
  fc.assert(
    fc.property(timings, (scaling) => {
      expect(parsed(localOverlay({ ...production, scaling }, none).document).scaling.lease.ttlSeconds).toBe(30);
    }),
  );
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("services", "scaling", "tls", "environment"), fc.jsonValue()),
      (document) => {
        localOverlay(document, none);
      },
    ),
  );
});
