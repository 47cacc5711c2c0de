import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Test files that take minutes, the longest first. */
export const LONGEST: readonly string[] = [
  "stack-worker/release.integration.test.ts",
  "infra/src/constructs/user-data.integration.test.ts",
  "test/release.integration.test.ts",
  "stack-worker/release-single-replica.integration.test.ts",
  "infra/src/deploy/deploy.integration.test.ts",
  "test/demo-ends.integration.test.ts",
  "local-fleet/test/termination-hook.integration.test.ts",
  "stack-worker/silent-service.integration.test.ts",
  "stack-worker/release.process.test.ts",
];

/** The longest files begin first, so that at the end no core waits for one of them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
      return index === -1 ? LONGEST.length : index;
    };
    return sorted.toSorted((one, other) => place(one) - place(other));
  }
}
