import { expect, test } from "vitest";
import { revisionBucket, revisionBucketPrefix } from "../src/index.ts";

const digest = (text: string) => `0123456789${text.length}`;

test.each([
  ["a short name, whole", "shop", "fleet-shop-production-revisions-"],
  [
    "a long name, its beginning and a hash",
    "a-fleet-with-a-name-of-32-letters".slice(0, 32),
    "fleet-a-fleet-with-a-name-of-012345-",
  ],
])("the bucket's name begins with %s", (_rule, name, prefix) => {
  const fleet = { name, environment: "production" };
  expect(revisionBucketPrefix(fleet, digest)).toBe(prefix);
  expect(prefix.length).toBeLessThanOrEqual(37);
  expect(revisionBucket(fleet)).toBe(`fleet-${name}-production-revisions`);
});
