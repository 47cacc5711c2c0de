import { expect, test } from "vitest";
import { createFakeAws } from "../test-support/fake-aws.ts";
import { createS3Revisions } from "./s3-revisions.ts";

const object = (Key: string, day: number) => ({ Key, LastModified: new Date(Date.UTC(2026, 0, day)) });

test("the newest revision of the commit, asked for by its first 12 digits", async () => {
  const aws = createFakeAws({
    ListObjectsV2: {
      Contents: [object("workers/a-1.tgz", 1), object("workers/a-2.tgz", 3), object("workers/a-3.tgz", 2)],
    },
  });
  expect(await createS3Revisions(aws.client).newestOf("revisions", "a".repeat(40))).toBe("workers/a-2.tgz");
  expect(aws.calls[0]?.input).toEqual({ Bucket: "revisions", Prefix: "workers/aaaaaaaaaaaa-" });
});

test.each([
  ["an empty bucket", {}],
  ["other files", { Contents: [object("workers/a-1.zip", 1)] }],
])("%s has none", async (_rule, ListObjectsV2) => {
  expect(
    await createS3Revisions(createFakeAws({ ListObjectsV2 }).client).newestOf("b", "a".repeat(40)),
  ).toBeUndefined();
});
