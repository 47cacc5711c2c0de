import { parseFleetConfig } from "@compose-fleet/fleet";
import { expect, test } from "vitest";
import { wantedKinds } from "./wanted-kinds.ts";

const service = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 9 } };
const parsed = parseFleetConfig({ name: "shop", services: { web: service, theirs: { ...service, path: "/theirs/" } } });
if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
const { config } = parsed;
const onAws = { config, kinds: ["workers", "monitoring"], words: "shop on AWS" } as const;
const here = {
  ...onAws,
  kinds: ["workers"],
  words: "the local fleet shop",
  local: { nodeImage: "node", mtailImage: "mtail", standIns: {} },
} as const;
const images = [{ name: "web", folder: "web", runsOn: "workers" }] as const;

test.each([
  ["everything on AWS", onAws, {}, ["workers", "monitoring"]],
  ["one kind", onAws, { only: "monitoring" } as const, ["monitoring"]],
  ["a service, which only workers run", onAws, { service: ["web"] }, ["workers"]],
  ["a local fleet, which has no group of monitoring", here, {}, ["workers"]],
])("%s", (_rule, place, options, kinds) => {
  expect(wantedKinds(place, options, images)).toEqual(kinds);
});

test.each([
  ["an unknown service", onAws, { service: ["wbe"] }, 'Got --service "wbe": this fleet has the services web, theirs.'],
  ["a service with an image of its own", onAws, { service: ["theirs"] }, "stack-worker/services/theirs.yml"],
  ["a service on monitoring", onAws, { service: ["web"], only: "monitoring" } as const, "services run on workers"],
  ["monitoring of a local fleet", here, { only: "monitoring" } as const, "only workers are released to"],
])("%s is refused: usage error, nothing changed", (_rule, place, options, sentence) => {
  const act = () => wantedKinds(place, options, images);
  expect(act).toThrow(sentence);
  expect(act).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining("Nothing was changed.") }),
  );
});
