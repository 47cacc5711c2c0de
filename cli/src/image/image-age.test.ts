import fc from "fast-check";
import { expect, test } from "vitest";
import { imageStatuses, superfluousImages } from "./image-age.ts";
import type { BakedImage } from "./ports.ts";

const DAY = 86_400_000;
const image = (id: string, day: number, change: Partial<BakedImage> = {}): BakedImage => ({
  id,
  name: `image-${id}`,
  state: "available",
  createdAtMs: day * DAY,
  tags: { revision: "r1" },
  ...change,
});

test.each([
  ["young and of what runs", 10, "r1", 0],
  ["a month old", 31, "r1", 1],
  ["of another revision than runs", 10, "r2", 1],
  ["both", 40, "r2", 2],
])("the current image is %s", (_what, nowDay, revision, advice) => {
  const [status] = imageStatuses([image("a", 0)], { current: "a", revision, nowMs: nowDay * DAY });
  expect(status).toMatchObject({ id: "a", ageDays: nowDay, isCurrent: true, revision: "r1" });
  expect(status?.advice).toHaveLength(advice);
});

test("nobody is told anything about an image that is not in use", () => {
  expect(imageStatuses([image("a", 0)], { current: "b", revision: "r9", nowMs: 99 * DAY })[0]?.advice).toEqual([]);
});

test("the current one stays however old it is, and so does one to go back to", () => {
  const images = [image("old", 1), image("new", 5), image("middle", 3), image("failed", 6, { state: "failed" })];
  expect(superfluousImages(images, "old").map(({ id }) => id)).toEqual(["failed", "middle"]);
  expect(superfluousImages(images, "new").map(({ id }) => id)).toEqual(["failed", "old"]);
});

test("whatever there is, the current image and those that are being made are never superfluous", () => {
  const some = fc.record({
    id: fc.stringMatching(/^ami-[0-9a-f]{4}$/),
    day: fc.nat(99),
    state: fc.constantFrom<BakedImage["state"]>("available", "pending", "failed", "other"),
  });
  fc.assert(
    fc.property(fc.uniqueArray(some, { selector: ({ id }) => id }), fc.nat(9), (list, pick) => {
      const images = list.map(({ id, day, state }) => image(id, day, { state }));
      const current = images[pick]?.id;
      const gone = superfluousImages(images, current).map(({ id }) => id);
      expect(gone).not.toContain(current);
      for (const { id, state } of images) if (state === "pending") expect(gone).not.toContain(id);
      const left = images.filter(({ id, state }) => state === "available" && !gone.includes(id));
      expect(left.length).toBeGreaterThanOrEqual(
        Math.min(2, images.filter(({ state }) => state === "available").length),
      );
    }),
  );
});
