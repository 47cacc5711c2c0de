import { defineConfig } from "vitest/config";

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
        },
      },
      {
        test: {
          name: "integration",
          include: [
            "{policy,group-model,wh,service-a,local-fleet,cli,bench,infra,stack-worker,stack-prometheus,test}/**/*.integration.test.ts",
          ],
          exclude: ["**/node_modules/**", "infra/**"],
          // Each of them has the machine to itself: its ports, its private network, its CPU.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "infra",
          include: ["infra/**/*.integration.test.ts"],
          exclude: ["**/node_modules/**"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
