import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that start containers take longest. They begin first, so that at the end no core waits for one of them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const startsContainers = ({ moduleId }: TestSpecification) => moduleId.endsWith(".integration.test.ts");
    return [...sorted.filter(startsContainers), ...sorted.filter((file) => !startsContainers(file))];
  }
}
