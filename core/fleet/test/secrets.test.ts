import { describe, expect, test } from "vitest";
import { type FleetSecret, fleetSecrets, loginFault, loginSecrets, parseFleetConfig } from "../src/index.ts";

const web = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } };

function secretsOf(document: object): readonly FleetSecret[] {
  const result = parseFleetConfig({ name: "test", services: { web }, ...document });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return fleetSecrets(result.config);
}

const own = ["REMOTE_WRITE_PASSWORD", "PROMETHEUS_PASSWORD", "ALERTS_TOKEN", "API_TOKEN", "GRAFANA_PASSWORD"];

test.each<[string, object, string[]]>([
  ["a fleet needs its own passwords and tokens", {}, own],
  ["telegram needs the bot's token", { notify: { telegram: { chatId: 1 } } }, [...own, "TELEGRAM_TOKEN"]],
  ["slack needs the webhook's address", { notify: { slack: {} } }, [...own, "SLACK_WEBHOOK_URL"]],
  [
    "a private repository needs its token",
    { releases: { pull: { repository: "https://example.com/fleet.git", private: true } } },
    [...own, "REPOSITORY_TOKEN"],
  ],
  ["a public one needs none", { releases: { pull: { repository: "https://example.com/fleet.git" } } }, own],
  [
    "a secret of two services is one secret",
    { services: { web: { ...web, secrets: ["KEY"] }, api: { ...web, path: "/api/", secrets: ["KEY", "OTHER"] } } },
    [...own, "KEY", "OTHER"],
  ],
])("%s", (_rule, document, names) => {
  expect(secretsOf(document).map(({ name }) => name)).toEqual(names);
});

test("workers may read their services' secrets and the password of remote write, nothing else", () => {
  const secrets = secretsOf({ services: { web: { ...web, secrets: ["KEY"] } }, notify: { slack: {} } });
  expect(secrets.filter(({ readers }) => readers.includes("workers")).map(({ name }) => name)).toEqual([
    "REMOTE_WRITE_PASSWORD",
    "KEY",
  ]);
});

test("only what no person has to know is generated", () => {
  const secrets = secretsOf({ services: { web: { ...web, secrets: ["KEY"] } }, notify: { slack: {} } });
  expect(secrets.filter(({ origin }) => origin === "given").map(({ name }) => name)).toEqual([
    "SLACK_WEBHOOK_URL",
    "KEY",
  ]);
});

describe("logins", () => {
  const service = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 5 } };
  const parse = (more: object) => parseFleetConfig({ name: "demo", services: { web: { ...service, ...more } } });
  test("are secrets of the workers, told with what they are for", () => {
    const result = parse({ basicAuth: ["STAFF_LOGIN"] });
    const secrets = result.ok ? fleetSecrets(result.config) : [];
    expect(secrets.find(({ name }) => name === "STAFF_LOGIN")).toEqual({
      name: "STAFF_LOGIN",
      purpose: "a login to web, as USER:PASSWORD",
      origin: "given",
      readers: ["workers"],
    });
    expect(result.ok && loginSecrets(result.config)).toEqual(["STAFF_LOGIN"]);
  });
  test.each([
    [{ basicAuth: [] }, "services.web.basicAuth: name at least one secret, or remove the key"],
    [{ basicAuth: ["A", "A"] }, "services.web.basicAuth.1: A is listed twice"],
    [{ basicAuth: ["API_TOKEN"] }, "services.web.basicAuth.0: API_TOKEN is a secret of the fleet itself"],
    [{ basicAuth: ["staff:secret"] }, "services.web.basicAuth.0: write capital letters"],
  ])("%j is refused", (more, expected) => {
    const result = parse(more);
    const faults = result.ok ? [] : result.faults.map(({ path, message }) => `${path}: ${message}`);
    expect(faults).toEqual([expect.stringContaining(expected)]);
  });
  test.each([
    ["user:pass:word", undefined],
    ["word", "has no colon"],
    [":word", "lacks the user or the password"],
    ["user:", "lacks the user or the password"],
    ["user:w\u00f6rd", "has signs"],
    ["user:a\tb", "has signs"],
    [`user:${"x".repeat(200)}`, "is longer than 200 signs"],
  ])("%j: %s", (text, expected) => {
    const fault = loginFault(text);
    expect(fault === undefined ? undefined : fault.slice(0, expected?.length)).toBe(expected);
    expect(fault ?? "").not.toContain(text);
  });
});
