import { defineConfig } from "vitest/config";

// What the SDK advises about Node of 2027 is for us, not for whoever reads a test's output.
const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "{policy,group-model,wh,service-a,local-fleet,cli,bench,infra,stack-worker,stack-prometheus,test}/**/*.test.ts",
          ],
          exclude: ["**/node_modules/**", "**/*.integration.test.ts"],
          // One process and its modules for all: a process for each of 200 files takes longer than their tests.
          pool: "threads",
          isolate: false,
          testTimeout: 20_000,
          // What is waited for may be late on a machine that does other things.
          hookTimeout: 60_000,
          expect: { poll: { timeout: 15_000 } },
        },
      },
      {
        test: {
          name: "parts",
          include: ["{infra,service-a,stack-worker,stack-prometheus,wh}/**/*.integration.test.ts"],
          exclude: ["**/node_modules/**"],
          // Three beside each other: they share nothing, and wait more than they work.
          maxWorkers: 3,
          env,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: "integration",
          include: ["{policy,group-model,local-fleet,cli,bench,test}/**/*.integration.test.ts"],
          exclude: ["**/node_modules/**"],
          // Each of them has the machine to itself: its ports, its private network, its CPU.
          fileParallelism: false,
          env,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
