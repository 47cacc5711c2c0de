import { resolve } from "node:path";
import { parseFleetConfig } from "@compose-fleet/policy";
import { expect, test } from "vitest";
import { checkServiceFiles, serviceFileFaults } from "./service-files.ts";

const STACK_WORKER = resolve(import.meta.dirname, "../../../stack-worker");

test.each([
  ["a service with an image is accepted", "services: { web: { image: nginx } }", []],
  ["a service that is built is accepted", "services: { web: { build: ../web } }", []],
  ["a text that is not YAML", "services: [", ["is not YAML"]],
  ["an empty file", "", ["has no services: mapping"]],
  ["services as a list", "services: [web]", ["has no services: mapping"]],
  ["another service's name", "services: { wbe: { image: nginx } }", ["has no services.web (got wbe)"]],
  ["an entry without content", "services: { web: }", ["has no services.web"]],
  ["no image", "services: { web: { command: [x] } }", ["services.web.image: missing"]],
  ["published ports", 'services: { web: { image: x, ports: ["80:80"] } }', ["services.web.ports: remove it"]],
  [
    "several faults at once",
    "services: { web: { container_name: web, deploy: { replicas: 3 } } }",
    ["services.web.container_name: remove it", "services.web.deploy: remove it", "services.web.image: missing"],
  ],
])("%s", (_rule, text, expected) => {
  expect(serviceFileFaults("web", text)).toEqual(expected.map((part) => expect.stringContaining(part)));
});

test("a file that is missing is told with its path and what to write", async () => {
  const entry = { path: "/x/", port: 80, memory: "64m", capacity: { requestsPerSecond: 5 } };
  const parsed = parseFleetConfig({
    name: "demo",
    services: { "service-a": entry, shop: { ...entry, path: "/shop/" } },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  expect(await checkServiceFiles(STACK_WORKER, parsed.config)).toEqual([
    { path: "services/shop.yml", message: "is missing: write a compose file whose services: has an entry shop" },
  ]);
});
