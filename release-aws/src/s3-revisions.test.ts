import { expect, test } from "vitest";
import { createFakeAws } from "./fake-aws.ts";
import { createS3Revisions } from "./s3-revisions.ts";

const nameOf = (tree: number) => `${"a".repeat(12)}-${`${tree}`.repeat(12)}`;
const keyOf = (tree: number) => `workers/${nameOf(tree)}.tgz`;
const object = (Key: string, day: number) => ({ Key, LastModified: new Date(Date.UTC(2026, 0, day)) });

test("the newest revision of the commit, asked for by its first 12 digits", async () => {
  const aws = createFakeAws({
    ListObjectsV2: {
      Contents: [object(keyOf(1), 1), object(keyOf(2), 3), object(keyOf(3), 2)],
    },
  });
  expect(await createS3Revisions(aws.client, "revisions").newestOf("workers", "a".repeat(40))).toBe(nameOf(2));
  expect(aws.calls[0]?.input).toEqual({ Bucket: "revisions", Prefix: "workers/aaaaaaaaaaaa-" });
});

test.each([
  ["an empty bucket", {}],
  ["other files", { Contents: [object(keyOf(1).replace("tgz", "zip"), 1)] }],
])("%s has none", async (_rule, ListObjectsV2) => {
  expect(
    await createS3Revisions(createFakeAws({ ListObjectsV2 }).client, "b").newestOf("workers", "a".repeat(40)),
  ).toBeUndefined();
});
