import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { ourParts, userFolders } from "./test/our-parts.ts";
import { LongestFirst } from "./test/run/longest-first.ts";

// What the SDK advises about Node of 2027 is for us, not for whoever reads a test's output.
const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

const PARTS = `{${ourParts.join(",")}}`;
const NOT_OURS = ["**/node_modules/**", ...userFolders.map((folder) => `${folder}/**`)];

// They share nothing; fleets have ports and networks of their own. One more than cores keeps them busy, more only wait for each other.
const BESIDE_EACH_OTHER = {
  maxWorkers: availableParallelism() + 1,
  env,
  testTimeout: 300_000,
  hookTimeout: 600_000,
  // A program that is polled first has to start, on a machine that does other things.
  expect: { poll: { timeout: 15_000 } },
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          sequence: { groupOrder: 0 },
          env,
          include: [`${PARTS}/**/*.test.{ts,tsx}`],
          exclude: [
            ...NOT_OURS,
            ...["integration", "process", "property", "alone"].map((kind) => `**/*.${kind}.test.ts`),
          ],
          // A few threads and their modules for all: one for each of 200 files takes longer than their tests.
          pool: "threads",
          isolate: false,
          // vitest leaves one core free, which of two is half. Some tests wait, so there is one more than cores; not more, since each
          // loads and warms up the same modules.
          maxWorkers: 1 + availableParallelism(),
          testTimeout: 20_000,
          // What is waited for may be late on a machine that does other things.
          hookTimeout: 60_000,
          expect: { poll: { timeout: 15_000 } },
        },
      },
      {
        test: {
          name: "histories",
          sequence: { groupOrder: 1 },
          env,
          // Many random histories each: minutes of thinking, which nobody waits for while writing a line.
          include: [`${PARTS}/**/*.property.test.ts`],
          exclude: NOT_OURS,
          maxWorkers: availableParallelism(),
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: "programs",
          sequence: { groupOrder: 2 },
          // Programs, and what waits for real time.
          include: [`${PARTS}/**/*.process.test.ts`],
          exclude: NOT_OURS,
          ...BESIDE_EACH_OTHER,
        },
      },
      {
        test: {
          name: "containers",
          sequence: { groupOrder: 3 },
          include: [`${PARTS}/**/*.integration.test.ts`],
          exclude: NOT_OURS,
          ...BESIDE_EACH_OTHER,
        },
      },
      {
        test: {
          name: "alone",
          sequence: { groupOrder: 4 },
          include: [`${PARTS}/**/*.alone.test.ts`],
          exclude: NOT_OURS,
          // What they measure needs the CPU whenever it wants it.
          fileParallelism: false,
          env,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
