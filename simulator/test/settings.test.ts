import { describe, expect, test } from "vitest";
import { plantOf, settingsOf } from "../src/index.ts";

describe("--set", () => {
  test("a key of the fleet file, and one of the plant", () => {
    const settings = settingsOf([
      "workers.max=9",
      "scaling.headroom=0.8",
      "plant.bootSeconds=240",
      "traffic.peak=as-is",
    ]);
    expect(settings.config.workers.max).toBe(9);
    expect(settings.config.scaling.headroom).toBe(0.8);
    expect(settings.knobs.traffic.peak).toBe("as-is");
    expect(plantOf(settings)).toMatchObject({ bootSeconds: 240, maxWorkers: 9, replicasPerWorker: 10 });
  });

  test.each([
    ["headroom=1", 'got "headroom=1": write KEY=VALUE'],
    ["scaling.headroom", "write KEY=VALUE"],
    ["scaling.head=1", "scaling.head: unknown key"],
    ["scaling.headroom=lots", "scaling.headroom"],
    ["plant.boot=1", "plant.boot: there is no such key: the keys of plant are tickSeconds, bootSeconds"],
    ["plant.bootSeconds=-1", "plant.bootSeconds: "],
    ["__proto__.x=1", "write KEY=VALUE"],
    ["workers.__proto__.x=1", "there is no key workers.__proto__.x"],
    ["services.web.capacity.requestsPerSecond=0", "services.web.capacity.requestsPerSecond"],
  ])("%s is refused", (pair, message) => {
    expect(() => settingsOf([pair])).toThrow(message);
  });

  test("all faults are told at once", () => {
    expect(() => settingsOf(["workers.max=0", "plant.seed=x"])).toThrow(/workers\.max.*plant\.seed/s);
  });
});

test("of several services one is named", () => {
  const service = (path: string, requestsPerSecond: number) => ({
    path,
    port: 80,
    memory: "64m",
    capacity: { requestsPerSecond },
  });
  const document = { name: "shop", services: { web: service("/", 10), api: service("/api/", 20) } };
  expect(() => settingsOf([], document)).toThrow("the fleet has several services: name one of web, api");
  expect(() => settingsOf([], document, "db")).toThrow("there is no service db: name one of web, api");
  expect(plantOf(settingsOf([], document, "api")).replicaRequestsPerSecond).toBe(20);
});
