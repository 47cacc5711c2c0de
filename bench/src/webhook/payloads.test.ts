import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { SERVICE, WORKERS } from "./fake-world/steady-world.ts";
import { asksForTest, permittedTest, randomPayload } from "./payloads.ts";
import { createRandom } from "./random.ts";

const world = { token: "the-token-0123456789", workers: WORKERS, service: SERVICE, nowMs: () => 1_800_000_000_000 };
const many = (seed: number, count = 400) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => randomPayload(random, world));
};
const hasToken = (shot: { headers: Readonly<Record<string, string>> }) =>
  shot.headers.authorization === `Bearer ${world.token}`;

/** What a receiver would read; undefined when it is no JSON. */
function decoded(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

describe("random payloads", { timeout: 30_000 }, () => {
  test("a seed repeats them", () => {
    const digest = () => many(5, 50).map(({ body }) => createHash("sha256").update(body).digest("hex"));
    expect(digest()).toEqual(digest());
  });

  test("none has the right token and a test alert", () => {
    const asking = many(1).filter((shot) => {
      const alerts = (decoded(shot.body) as { alerts?: unknown } | undefined | null)?.alerts;
      const list: readonly unknown[] = Array.isArray(alerts) ? alerts : [];
      return list.some(
        (alert) => (alert as { labels?: { fleet_test?: unknown } } | null)?.labels?.fleet_test === "true",
      );
    });
    expect(asking.length).toBeGreaterThan(3);
    expect(asking.filter(hasToken)).toEqual([]);
  });

  test("they are as mixed as they should be: whole and broken JSON, right and wrong tokens", () => {
    const shots = many(2);
    const share = (matches: (shot: (typeof shots)[number]) => boolean) => shots.filter(matches).length / shots.length;
    expect(share(({ body }) => decoded(body) === undefined)).toBeGreaterThan(0.1);
    expect(share(({ body }) => decoded(body) !== undefined)).toBeGreaterThan(0.5);
    expect(share(hasToken)).toBeGreaterThan(0.6);
    expect(share((shot) => !hasToken(shot))).toBeGreaterThan(0.05);
  });
});

test("the permitted test alert is one, and carries the token", () => {
  const shot = permittedTest(world, WORKERS[1], 1, "firing");
  expect(asksForTest(shot.body.toString())).toBe(true);
  expect(hasToken(shot)).toBe(true);
});
