import { parseFleetConfig } from "@compose-fleet/policy";
import { expect, test } from "vitest";
import { checkSecrets } from "./check-secrets.ts";

function check(secrets: readonly string[]): void {
  const service = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 10 }, secrets };
  const parsed = parseFleetConfig({ name: "shop", environment: "local", services: { web: service } });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  checkSecrets(parsed.config, "my.yaml");
}

test("a local fleet takes services without secrets", () => {
  expect(() => check([])).not.toThrow();
});

test("it refuses those with secrets, all at once, and says what to write instead", () => {
  expect(() => check(["API_KEY", "DB_PASSWORD"])).toThrow(
    /^my.yaml names secrets \(API_KEY of web, DB_PASSWORD of web\).*under environment:/,
  );
});
