import { expect, test } from "vitest";
import { startLoad, whatWentWrong } from "./load-process.ts";
import { sampleRequest, serve } from "./load-under-test.ts";
import type { LoadSecond } from "./messages.ts";
import { steady } from "./profile.ts";

test("every request of the profile arrives, as POST with its body", async () => {
  const seen = { posts: 0, bodies: new Set<string>() };
  const target = await serve((req, res) => {
    if (req.method === "POST") seen.posts += 1;
    req.setEncoding("utf8").on("data", (text: string) => seen.bodies.add(text));
    req.on("end", () => res.end("ok"));
  });
  const seconds: LoadSecond[] = [];
  const summary = await startLoad(sampleRequest(target, { profile: [...steady(60, 4_000)] }), (second) =>
    seconds.push(second),
  ).finished;
  expect(summary.total).toEqual({ sent: 240, ok: 240, failed: 0, failedBy: {} });
  expect(seen.posts).toBe(240);
  expect([...seen.bodies]).toEqual(["hello"]);
  expect(seconds[0]?.targetRps).toBe(60);
  expect(summary.p50Ms).toBeGreaterThan(0);
});

test("told to stop, it ends the schedule and still waits for the answers", async () => {
  const target = await serve((_req, res) => setTimeout(() => res.end("ok"), 100));
  // Hardly anything is due after the first seconds, so that being told late adds little; all of it would be more than 200.
  const profile = [...steady(100, 1_500), ...steady(1, 60_000)];
  const load = startLoad(sampleRequest(target, { profile }), () => load.stop());
  const { total } = await load.finished;
  expect(total.sent).toBeGreaterThan(80);
  expect(total.sent).toBeLessThan(200);
  expect(total.ok).toBe(total.sent);
});

test.each([
  ["killed in the middle of a line", false, '{"type":', 'ended (SIGKILL) before it was done.\nIt printed: {"type":\n'],
  ["killed between lines", false, undefined, "ended (SIGKILL) before it was done.\n"],
  ["done, with a line of somebody else's", true, "hello", "printed what cannot be read.\nIt printed: hello\n"],
])("%s, a generator has failed and says how", (_, isDone, broken, words) => {
  expect(whatWentWrong("SIGKILL", isDone, broken, "errors")).toBe(`The load generator ${words}errors`);
});
