import { notifierNames, notifierVariable } from "@compose-fleet/fleet";
import { describe, expect, test } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";

const FLEET = `
name: demo
region: eu-west-1
services:
  service-a: {path: /api/, port: 3000, memory: 64m, capacity: {requestsPerSecond: 71}}
`;
const files: Record<string, string> = {
  "/etc/fleet/fleet.yaml": FLEET,
  "/run/alerts": "alerts-token-0123456789\n",
  "/run/api": "api-token-0123456789\n",
  "/run/password": "pw",
  "/run/short": "abc",
  "/bad.yaml": "a: [",
  "/private.yaml": `${FLEET}releases: {pull: {repository: "https://example.com/fleet.git", private: true}}\n`,
  "/run/empty": "",
  "/wrong.yaml": "name: Demo!\nservices: {}\n",
};
const readFile = (path: string) => {
  const text = files[path];
  if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  return text;
};
const env = { ALERTS_TOKEN_FILE: "/run/alerts", API_TOKEN_FILE: "/run/api" };
const faultsOf = (change: Record<string, string | undefined>) => {
  try {
    loadConfig({ ...env, ...change }, readFile);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

test("two tokens are enough; the rest has defaults, the region is the fleet's", () => {
  const { config, secrets } = loadConfig(env, readFile);
  expect(config).toMatchObject({
    port: 8090,
    hold: false,
    region: "eu-west-1",
    prometheusUrl: "http://prometheus:9090",
    logLevel: "info",
  });
  expect(secrets).toEqual({ alertsToken: "alerts-token-0123456789", apiToken: "api-token-0123456789", notifiers: {} });
});

test.each(notifierNames)("the secret of %s is in the file that its variable names", (name) => {
  const { secrets } = loadConfig({ ...env, [notifierVariable(name)]: "/run/api" }, readFile);
  expect(secrets.notifiers).toEqual({ [name]: "api-token-0123456789" });
  expect(faultsOf({ [notifierVariable(name)]: "/run/short" })).toEqual([
    expect.stringMatching(`^${notifierVariable(name)}: the file holds no secret`),
  ]);
});

test("an empty variable counts as unset, as compose passes it", () => {
  const { config } = loadConfig({ ...env, TELEGRAM_TOKEN_FILE: "", HOLD: "", AWS_REGION: "", PORT: "" }, readFile);
  expect(config).toMatchObject({ hold: false, region: "eu-west-1", port: 8090 });
});

test("the repository's token is read where a private one is followed, and left alone where not", () => {
  const token = { REPOSITORY_TOKEN_FILE: "/run/api" };
  expect(loadConfig({ ...env, ...token, FLEET_FILE: "/private.yaml" }, readFile).secrets.repositoryToken).toBe(
    "api-token-0123456789",
  );
  expect(loadConfig({ ...env, REPOSITORY_TOKEN_FILE: "/run/empty" }, readFile).secrets).not.toHaveProperty(
    "repositoryToken",
  );
});

test("secrets are apart from the configuration, which may be logged", () => {
  const { config } = loadConfig(
    { ...env, PROMETHEUS_USERNAME: "wh", PROMETHEUS_PASSWORD_FILE: "/run/password" },
    readFile,
  );
  expect(JSON.stringify(config)).not.toMatch(/token-0123|"pw"/);
});

describe("faults", () => {
  test.each([
    [
      "a missing token file",
      { API_TOKEN_FILE: undefined },
      ["API_TOKEN_FILE: missing: name the file of the token for /api"],
    ],
    ["a token file that is not there", { API_TOKEN_FILE: "/nope" }, ["API_TOKEN_FILE: /nope cannot be read (ENOENT)"]],
    [
      "a short token",
      { API_TOKEN_FILE: "/run/short" },
      ["API_TOKEN_FILE: the file holds no secret of at least 16 characters without spaces"],
    ],
    [
      "a private repository without the file of its token",
      { FLEET_FILE: "/private.yaml" },
      ["REPOSITORY_TOKEN_FILE: missing: releases.pull.private needs the file of the token that reads the repository"],
    ],
    ["a port that is none", { PORT: "80a" }, ["PORT: write a port number"]],
    ["a port too high", { PORT: "70000" }, ["PORT: write a port number up to 65535"]],
    ["hold that is neither", { HOLD: "yes" }, ["HOLD: write true or false"]],
    [
      "an address that is none",
      { PROMETHEUS_URL: "prometheus" },
      ["PROMETHEUS_URL: write an http:// or https:// address"],
    ],
    ["a fleet file that is not there", { FLEET_FILE: "/nope" }, ["FLEET_FILE: /nope cannot be read (ENOENT)"]],
  ])("%s", (_rule, change, faults) => {
    expect(faultsOf(change)).toEqual(faults);
  });

  test("all at once, faults of fleet.yaml with their paths", () => {
    const faults = faultsOf({ PORT: "x", API_TOKEN_FILE: undefined, FLEET_FILE: "/wrong.yaml" });
    expect(faults.map((fault) => fault.split(": ").slice(0, 2).join(": "))).toEqual([
      "API_TOKEN_FILE: missing",
      "PORT: write a port number",
      "FLEET_FILE: name",
      "FLEET_FILE: services",
    ]);
  });

  test("a fleet file that is no YAML", () => {
    expect(faultsOf({ FLEET_FILE: "/bad.yaml" })).toEqual([expect.stringMatching(/^FLEET_FILE: line \d+: /)]);
  });
});
