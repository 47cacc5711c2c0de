import { systemClock } from "@compose-fleet/process";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type FrontUnderTest, startFront } from "./front-under-test.ts";
import { type SdkClients, sdkClients } from "./sdk-under-test.ts";

/** An emulated AWS with the SDK's clients, there while tests run: one for the file, or a fresh one for each test. */
export function withFront(lifetime: "file" | "test" = "file"): {
  readonly front: FrontUnderTest;
  readonly sdk: SdkClients;
  /** Does the work while the emulator's wall clock stands still: however long it takes, nothing becomes visible, late or silent meanwhile. */
  readonly atOneMoment: <Result>(work: () => Promise<Result>) => Promise<Result>;
} {
  let stoppedAtMs: number | undefined;
  const clock = { ...systemClock, nowMs: () => stoppedAtMs ?? systemClock.nowMs() };
  let front: FrontUnderTest | undefined;
  let sdk: SdkClients | undefined;
  const [before, after] = lifetime === "file" ? [beforeAll, afterAll] : [beforeEach, afterEach];
  before(async () => {
    front = await startFront(clock);
    sdk = sdkClients(front.endpoint, front.accessKeyId);
  });
  after(async () => {
    sdk?.destroy();
    await front?.close();
  });
  const running = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error("the emulated AWS is there only while a test runs");
    return part;
  };
  return {
    get front() {
      return running(front);
    },
    get sdk() {
      return running(sdk);
    },
    atOneMoment: async (work) => {
      stoppedAtMs = systemClock.nowMs();
      try {
        return await work();
      } finally {
        stoppedAtMs = undefined;
      }
    },
  };
}
