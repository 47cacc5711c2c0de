import { expect, test } from "vitest";
import { statusText } from "./status-text.ts";

const cloud = {
  name: "shop",
  endpoints: { balancer: "http://127.0.0.1:18080" },
  releases: { running: [] },
} as unknown as Parameters<typeof statusText>[0];

test("a worker that drains is not one that serves", () => {
  const snapshot = {
    atMs: 0,
    hold: false,
    blindSeconds: 0,
    workers: { ready: 2, draining: 1, desired: 1, min: 1, max: 6 },
    replicas: [
      { worker: "i-1", service: "web", ready: 1, desired: 1 },
      { worker: "i-2", service: "web", ready: 3, desired: 2 },
    ],
  };
  expect(statusText(cloud, snapshot)).toEqual([
    "Fleet shop: 1 worker serves, 1 on the way out, 1 wanted (1 to 6)",
    "  i-1  web: 1 replica",
    "  i-2  web: 3 replicas, 2 wanted",
    "  http://127.0.0.1:18080",
  ]);
});
