import { describe, expect, test } from "vitest";
import type { LeaseStore } from "./ports.ts";

const a = { holder: "a", fence: 7, ttlMs: 15_000 };
const b = { holder: "b", fence: 8, ttlMs: 15_000 };

/** What every lease store must do; `create` returns an empty one. */
export function describeLeaseContract(name: string, create: () => Promise<LeaseStore>): void {
  describe(`lease contract: ${name}`, () => {
    test("the first take wins, the second finds somebody there", async () => {
      const store = await create();
      expect(await store.read()).toBeUndefined();
      expect(await store.take(undefined, a)).toBe("written");
      expect(await store.take(undefined, b)).toBe("lost");
      expect(await store.read()).toEqual({ ...a, version: 1, isReleased: false });
    });

    test("of many takes of the same lease at once, one wins", async () => {
      const store = await create();
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) => store.take(undefined, { ...a, holder: `h${index}` })),
      );
      expect(results.filter((result) => result === "written")).toHaveLength(1);
    });

    test("every renewal raises the version, also the same one again", async () => {
      const store = await create();
      await store.take(undefined, a);
      expect(await store.renew(a, {})).toBe("written");
      expect(await store.renew(a, { actionId: "x" })).toBe("written");
      expect((await store.read())?.version).toBe(3);
    });

    test("a renewal makes a take of what was seen before it fail", async () => {
      const store = await create();
      await store.take(undefined, a);
      const seen = await store.read();
      await store.renew(a, {});
      expect(await store.take(seen, b)).toBe("lost");
      expect(await store.take(await store.read(), b)).toBe("written");
      expect(await store.read()).toEqual({ ...b, version: 3, isReleased: false });
    });

    test("nobody renews who does not hold: another holder, another fence", async () => {
      const store = await create();
      expect(await store.renew(a, {})).toBe("lost");
      await store.take(undefined, a);
      expect(await store.renew({ ...a, holder: "b" }, {})).toBe("lost");
      expect(await store.renew({ ...a, fence: 6 }, {})).toBe("lost");
      await store.take(await store.read(), b);
      expect(await store.renew(a, {})).toBe("lost");
    });

    test("a new fence for the same holder ends the old one", async () => {
      const store = await create();
      await store.take(undefined, a);
      expect(await store.renew(a, { nextFence: 8 })).toBe("written");
      expect(await store.renew(a, {})).toBe("lost");
      expect(await store.renew({ ...a, fence: 8 }, {})).toBe("written");
    });

    test("a released lease is renewed by nobody and taken by anybody", async () => {
      const store = await create();
      await store.take(undefined, a);
      expect(await store.renew(a, { release: true })).toBe("written");
      expect(await store.renew(a, {})).toBe("lost");
      const seen = await store.read();
      expect(seen?.isReleased).toBe(true);
      expect(await store.take(seen, b)).toBe("written");
    });
  });
}
