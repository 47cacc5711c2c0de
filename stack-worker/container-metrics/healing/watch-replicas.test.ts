import { describe, expect, test } from "vitest";
import { createReplicaWatch, type WatchedReplica } from "./watch-replicas.mjs";

const WALL = 1_000_000_000;
const replica = (change: Partial<WatchedReplica> = {}): WatchedReplica => ({
  id: "a",
  service: "web",
  address: "10.0.0.2",
  port: 80,
  path: "/",
  health: undefined,
  createdAtMs: 0,
  ...change,
});
const other = replica({ id: "b", address: "10.0.0.3" });

/** Looks twice a second, from 0 up to `seconds`, and gives the last states by id; `hangs` says who answers nothing, `users` who serves users. */
async function watchFor(
  seconds: number,
  replicas: readonly WatchedReplica[],
  { hangs = () => false, users = () => [] }: Partial<Behaviour> = {},
) {
  let now = 0;
  const asked: string[] = [];
  const watch = createReplicaWatch({
    ask: async ({ id }) => {
      asked.push(`${id} ${now / 1000}`);
      return hangs(id, now / 1000) ? new Promise<boolean>(() => undefined) : true;
    },
  });
  let states: string[] = [];
  for (now = 0; now <= seconds * 1000; now += 500) {
    const seen = watch.look(now, WALL + now, replicas, new Set(users(now / 1000)));
    states = [...seen.values()].flat().map(({ id, state, sinceMs }) => `${id} ${state} ${(now - sinceMs) / 1000}`);
    await Promise.resolve();
  }
  return { states, asked, watch };
}
interface Behaviour {
  readonly hangs: (id: string, second: number) => boolean;
  readonly users: (second: number) => readonly string[];
}
const both = ["10.0.0.2", "10.0.0.3"];

describe("a replica that users get answers from", () => {
  test("is not asked, but for the first look", async () => {
    const { asked, states } = await watchFor(30, [replica(), other], { users: () => both });
    expect([asked, states]).toEqual([[], ["a serves 0", "b serves 0"]]);
  });
  test("is asked soon when others serve and it does not, and is silent within three and a half seconds of its last answer", async () => {
    const users = (second: number) => (second < 10 ? both : ["10.0.0.3"]);
    const hang = { users, hangs: (id: string, second: number) => id === "a" && second >= 9.5 };
    expect((await watchFor(13.5, [replica(), other], hang)).states).toEqual(["a silent 3", "b serves 0"]);
    expect((await watchFor(12, [replica(), other], hang)).states).toEqual(["a serves 0", "b serves 0"]);
  });
});

test("where nobody uses the service, a replica is asked every five seconds", async () => {
  const { asked } = await watchFor(20, [replica()]);
  expect(asked).toEqual(["a 0", "a 5", "a 10", "a 15", "a 20"]);
});

test("one that answers again serves", async () => {
  let answer: (isAnswered: boolean) => void = () => undefined;
  const watch = createReplicaWatch({
    ask: () => new Promise((resolve) => (answer = resolve)),
  });
  const at = (seconds: number) => watch.look(seconds * 1000, WALL, [replica()], new Set()).get("web")?.[0]?.state;
  expect([at(0), at(3)]).toEqual(["serves", "silent"]);
  answer(true);
  await Promise.resolve();
  expect(at(3.5)).toBe("serves");
});

describe("one that starts is no patient", () => {
  const mute = { hangs: () => true };
  test.each<[string, Partial<WatchedReplica>, string]>([
    ["by its check", { health: "starting" }, "a starting 0"],
    ["without a check, until it has answered once", { createdAtMs: WALL - 60_000 }, "a starting 0"],
    ["but not for ever", { createdAtMs: WALL - 400_000 }, "a silent 20"],
    ["unhealthy by its check", { health: "unhealthy" }, "a unhealthy 20"],
    ["no port that nginx serves: its check alone tells", { path: "" }, "a serves 0"],
  ])("%s", async (_rule, change, expected) => {
    expect((await watchFor(20, [replica(change)], mute)).states).toEqual([expected]);
  });
  test("one that ended begins anew", async () => {
    const young = replica({ createdAtMs: WALL - 10_000 });
    const { watch } = await watchFor(5, [young]);
    expect(watch.look(6000, WALL, [young], new Set()).get("web")?.[0]?.state).toBe("serves");
    watch.ended("a");
    expect(watch.look(6500, WALL, [young], new Set()).get("web")?.[0]?.state).toBe("starting");
  });
});
