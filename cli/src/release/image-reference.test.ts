import { imageVariable, parseFleetConfig, repositoryName } from "@compose-fleet/fleet";
import { expect, test } from "vitest";
import { imageEnv, registryHost } from "./image-reference.ts";
import { ownImages } from "./own-image.ts";

test.each([
  ["wh", "WH_IMAGE"],
  ["service-a", "SERVICE_A_IMAGE"],
])("%s is the variable %s", (image, variable) => {
  expect(imageVariable(image)).toBe(variable);
});

test(".env names every image, always in the same order", () => {
  const env = "SERVICE_A_IMAGE=r/a:1\nWH_IMAGE=r/w:1\n";
  expect(imageEnv({ WH_IMAGE: "r/w:1", SERVICE_A_IMAGE: "r/a:1" })).toBe(env);
  expect(imageEnv({ SERVICE_A_IMAGE: "r/a:1", WH_IMAGE: "r/w:1" })).toBe(env);
});

test.each([
  [
    "AWS's",
    "https://123456789012.dkr.ecr.eu-central-1.amazonaws.com",
    "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
  ],
  ["the local fleet's", "http://127.0.0.1:15000/", "127.0.0.1:15000"],
])("%s registry is host and port", (_rule, endpoint, host) => {
  expect(registryHost(endpoint)).toBe(host);
});

test("repositories carry the fleet's name and environment", () => {
  expect(repositoryName({ name: "shop", environment: "stage" }, "wh")).toBe("fleet-shop-stage/wh");
});

test("our own images are the scaler, mtail and the services that have a Dockerfile here", () => {
  const service = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } };
  const parsed = parseFleetConfig({
    name: "shop",
    services: { mine: service, theirs: { ...service, path: "/theirs/" } },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const files = ["mine/Dockerfile", "wh/Dockerfile", "wh/package.json"];
  expect(ownImages(parsed.config, (path) => files.includes(path))).toEqual([
    { name: "wh", folder: "wh", workspace: "wh", runsOn: "monitoring" },
    { name: "mtail", folder: "images/mtail", runsOn: "workers" },
    { name: "mine", folder: "mine", runsOn: "workers" },
  ]);
});
