import { expect, test } from "vitest";
import { createInMemoryState } from "./store/in-memory-state.ts";
import { testFleet } from "./test-support/test-fleet.ts";
import { createWorld } from "./test-support/world.ts";

const MINUTE = 60_000;
const foreseeing = testFleet({ scaling: { predictive: { enabled: true } } });

/** Busy for twenty minutes from the 14th minute of each even hour on; the world begins at 22:13:20. One worker sustains 1000. */
const past = (seconds: number) => ((Math.floor(seconds / 60) + 106) % 120 < 20 ? 2500 : 200);

function restarted(historyIsReadable: boolean) {
  const state = createInMemoryState();
  const world = createWorld({ fleet: foreseeing, state });
  world.requestsPerSecond = 200;
  world.pastRequestsPerSecond = past;
  world.historyIsReadable = historyIsReadable;
  return Object.assign(world, { state });
}
const asked = ({ calls }: ReturnType<typeof createWorld>) => calls.filter((call) => call.startsWith("desired"));

test("timeline: a scaler that starts anew knows what the days before were like, and is ready for what comes", async () => {
  const world = restarted(true);
  await world.wh.start();
  await world.clock.advance(MINUTE);
  expect(asked(world)).toEqual(["desired 3"]);
  await world.wh.stop();
});

test("timeline: while the history cannot be read it scales as without foresight, and says so; once it can be it foresees", async () => {
  const world = restarted(false);
  const reasons = async () => (await world.state.recent(world.clock.nowMs(), 100)).map(({ reason }) => reason.numbers);
  await world.wh.start();
  await world.clock.advance(MINUTE);
  expect(asked(world)).toEqual([]);
  world.requestsPerSecond = 1500;
  await world.clock.advance(MINUTE);
  expect(asked(world)).toEqual(["desired 2"]);
  expect((await reasons()).map(({ without }) => without)).toContain("foresight: the history has not been read yet");
  world.historyIsReadable = true;
  await world.clock.advance(MINUTE);
  world.requestsPerSecond = 3500;
  await world.clock.advance(MINUTE);
  expect((await reasons()).map(({ daring }) => daring)).toContain("steady");
  await world.wh.stop();
});
