import { describe, expect, test } from "vitest";
import { judgeLocalServices } from "./local-services.ts";

const judged = (services: object | null, taken: readonly string[] = ["web", "nginx"]): string[] =>
  judgeLocalServices(JSON.stringify({ name: "x", services }), taken).map(({ path, message }) => `${path}: ${message}`);

describe("beside a local fleet", () => {
  test.each<[string, object]>([
    ["what publishes nothing", { redis: { image: "redis" } }],
    [
      "what is open to this machine alone",
      { db: { ports: [{ host_ip: "127.0.0.1", target: 5432, published: "5432" }] } },
    ],
    ["several, with nulls as compose writes them", { a: { ports: null, network_mode: null }, b: { image: "b" } }],
  ])("runs %s", (_rule, services) => {
    expect(judged(services)).toEqual([]);
  });
  test.each<[string, object | null, RegExp]>([
    ["nothing", {}, /^services: there is none/],
    ["nothing, as compose may write it", null, /^services: there is none/],
    ["a name of the fleet's", { web: {} }, /^services\.web: web is a service of the fleet/],
    ["a name of a worker's part", { nginx: {} }, /^services\.nginx: nginx is a service of the fleet, or a part/],
    [
      "a port for everybody",
      { db: { ports: [{ target: 5432, published: "15432" }] } },
      /^services\.db\.ports: 5432 would be open to everybody .*"127\.0\.0\.1:15432:5432"/,
    ],
    [
      "a port for everybody, in so many words",
      { db: { ports: [{ host_ip: "0.0.0.0", target: 1, published: "1" }] } },
      /ports: 1 would/,
    ],
    ["the machine's network", { db: { network_mode: "host" } }, /^services\.db\.network_mode: host: remove it/],
  ])("does not run %s", (_rule, services, expected) => {
    expect(judged(services).join("\n")).toMatch(expected);
  });
});
