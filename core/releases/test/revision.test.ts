import { isRevisionName, revisionKey, revisionName, revisionOfKey, shortCommit } from "@compose-fleet/releases";
import { expect, test } from "vitest";

const commit = "0123456789abcdef0123456789abcdef01234567";

test("a revision is named by its commit and by what is in it", () => {
  expect(shortCommit(commit)).toBe("0123456789ab");
  expect(revisionName(commit, "ffffffffffff")).toBe("0123456789ab-ffffffffffff");
  expect(isRevisionName(revisionName(commit, "ffffffffffff"))).toBe(true);
});

test.each([
  ["a commit alone", "0123456789ab"],
  ["capital digits", "0123456789AB-ffffffffffff"],
  ["something behind it", "0123456789ab-ffffffffffff.tgz"],
])("%s is no revision's name", (_rule, text) => {
  expect(isRevisionName(text)).toBe(false);
});

test.each([
  ["a worker's revision", revisionKey("workers", "0123456789ab-ffffffffffff"), "0123456789ab-ffffffffffff"],
  ["one of monitoring", revisionKey("monitoring", "0123456789ab-ffffffffffff"), "0123456789ab-ffffffffffff"],
  ["what somebody uploaded by hand", "workers/abc.zip", undefined],
  ["a name that is none", "workers/latest.tgz", undefined],
])("%s: the key tells", (_rule, key, revision) => {
  expect(revisionOfKey(key)).toBe(revision);
});
