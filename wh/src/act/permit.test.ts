import { expect, test } from "vitest";
import type { Leadership, Mandate } from "../leader/ports.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { createPermit } from "./permit.ts";
import type { ActionLog } from "./ports.ts";

type Held = Awaited<ReturnType<Leadership["confirm"]>>;
type Claim = Awaited<ReturnType<ActionLog["claim"]>> | "away";

const go = { fence: 7 };
const no = (status: "skipped" | "failed") => ({ refused: expect.objectContaining({ status }) });

test.each<[string, "out" | "in", [Mandate, Mandate], Held, Claim, object, number]>([
  ["the leader acts", "in", ["everything", "everything"], "held", "claimed", go, 1],
  ["a standby does not, and writes nothing", "out", ["nothing", "nothing"], "held", "claimed", no("skipped"), 0],
  ["a lease lost meanwhile ends it", "out", ["everything", "everything"], "lost", "claimed", no("skipped"), 1],
  ["a later claim ends it", "out", ["everything", "everything"], "held", "superseded", no("skipped"), 1],
  ["a lease over after the writes ends it", "out", ["everything", "nothing"], "held", "claimed", no("skipped"), 1],
  ["scaling out goes on without the action log", "out", ["everything", "everything"], "unknown", "away", go, 1],
  ["scaling in waits for the action log", "in", ["everything", "everything"], "held", "away", no("failed"), 1],
  ["scaling in waits for the lease", "in", ["everything", "everything"], "unknown", "claimed", no("failed"), 1],
  ["while the table is away scaling out asks it nothing", "out", ["scale-out", "scale-out"], "unknown", "away", go, 0],
  ["and scaling in does not happen", "in", ["scale-out", "scale-out"], "unknown", "away", no("failed"), 0],
])("%s", async (_rule, direction, mandates, held, claim, expected, writes) => {
  const [before, after] = mandates;
  let asked = 0;
  let claims = 0;
  const permit = createPermit({
    leadership: { mandate: () => (asked++ === 0 ? before : after), nextFence: () => 7, confirm: async () => held },
    actions: {
      claim: async () => {
        claims++;
        if (claim === "away") throw new Error("away");
        return claim;
      },
    },
    log: createMemoryLog(),
  });
  const request = { target: "workers", id: "a", atMs: 0, summary: "1 -> 2", isScaleIn: direction === "in" };
  expect(await permit(request)).toEqual(expected);
  expect(claims).toBe(writes);
});
