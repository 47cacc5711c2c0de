import { expect, test } from "vitest";
import { type FleetSecret, fleetSecrets, parseFleetConfig } from "../src/index.ts";

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
