import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { parseFleetConfig } from "@compose-fleet/fleet";
import { systemClock } from "@compose-fleet/process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FrontUnderTest, startFront } from "../../../emulator/test/front-under-test.ts";
import { type SdkClients, sdkClients } from "../../../emulator/test/sdk-under-test.ts";
import type { SecretStore } from "./secret-store.ts";
import { createSsmSecretStore } from "./ssm-secret-store.ts";

let front: FrontUnderTest;
let sdk: SdkClients;
let store: SecretStore;

beforeAll(async () => {
  front = await startFront(systemClock);
  sdk = sdkClients(front.endpoint, front.accessKeyId);
  store = createSsmSecretStore(sdk.ssm, configOf("stage"));
});

afterAll(async () => {
  sdk.destroy();
  await front.close();
});

function configOf(environment: string) {
  const web = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } };
  const parsed = parseFleetConfig({ name: "shop", environment, services: { web } });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

test("a secret is encrypted, and is what was given last", async () => {
  expect(await store.put("KEY", "first")).toBe("created");
  expect(await store.put("KEY", "second")).toBe("replaced");
  const { Parameter } = await sdk.ssm.send(
    new GetParameterCommand({ Name: "/fleet/shop/stage/secrets/KEY", WithDecryption: true }),
  );
  expect(Parameter).toMatchObject({ Type: "SecureString", Value: "second" });
});

test("all pages of names are read, and no other environment's", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `NAME_${index}`);
  for (const name of names) await store.put(name, "x");
  const production = createSsmSecretStore(sdk.ssm, configOf("production"));
  expect(await production.names()).toEqual(new Set());
  expect(await store.names()).toEqual(new Set([...names, "KEY"]));
});
