import { expect, test } from "vitest";
import { createCpuLimit } from "./cpu-limit.ts";

test("each worker gets a cgroup of its own", async () => {
  const limit = createCpuLimit({ create: async (id) => ({ parent: `/fleet/${id}` }) }, 2, expect.unreachable);
  expect(await limit("i-1")).toEqual({ cores: 2, cgroupParent: "/fleet/i-1" });
});

test("where a limit is not permitted it says so once, and asks no more", async () => {
  const asked: string[] = [];
  const said: string[] = [];
  const create = async (id: string) => {
    asked.push(id);
    throw new Error("EROFS");
  };
  const limit = createCpuLimit({ create }, 1, (sentence) => said.push(sentence));
  expect(await Promise.all([limit("i-1"), limit("i-2")])).toEqual([undefined, undefined]);
  expect(await limit("i-3")).toBeUndefined();
  expect(asked).toEqual(["i-1", "i-2"]);
  expect(said).toEqual(["workers share all CPU of this machine, since a limit is not permitted: EROFS"]);
});
