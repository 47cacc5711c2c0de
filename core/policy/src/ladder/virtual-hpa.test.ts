import { expect, test } from "vitest";
import { hpaAfter, type VirtualHpa, virtualHpa } from "./virtual-hpa.ts";

/** A look every 15 s; nodes that are asked for after each. */
function live(seconds: number, filledAt: (seconds: number) => number): readonly number[] {
  let hpa: VirtualHpa = virtualHpa(1, 0);
  const nodes: number[] = [];
  for (let at = 0; at < seconds; at += 15) {
    hpa = hpaAfter(hpa, { atMs: at * 1000, filled: filledAt(at), min: 1, max: 6, bootSeconds: 90 });
    nodes.push(hpa.fleet.workers);
  }
  return nodes;
}

test("a load within the tolerance of 70 % changes nothing", () => {
  // 10 pods at 0.69 each, 10 at 0.76.
  expect(new Set(live(1800, () => 0.69))).toEqual(new Set([1]));
  expect(new Set(live(1800, () => 0.76))).toEqual(new Set([1]));
});

test("a worker and a half of load takes three nodes: 1.5 / 0.7 = 2.14", () => {
  expect(live(900, () => 1.5).at(-1)).toBe(3);
});

test("CPU saturates: while ten pods serve, no more than 15 are asked for", () => {
  // 10 of 10 busy: 1 / 0.7 = 1.43, so 15 pods, two nodes, until the second serves.
  const nodes = live(300, () => 4);
  expect(nodes[1]).toBe(2);
  expect(nodes[5]).toBe(2);
  expect(nodes.at(-1)).toBeGreaterThan(2);
});

test("a node goes ten minutes after it was last needed: pods wait five, nodes another ten", () => {
  const nodes = live(3600, (at) => (at < 900 ? 1.5 : 0.3));
  const falls = nodes.findIndex((count, index) => index > 60 && count < 3) * 15;
  // The last busy look is at 885 s; the last that still wants three nodes 285 s later.
  expect(falls).toBe(885 + 285 + 600);
  expect(nodes.at(-1)).toBe(1);
});
