import { expect, test } from "vitest";
import { fileSystemSentence } from "./path-error.ts";

const failed = (more: object) => Object.assign(new Error("no words for a person"), more);

test.each([
  [
    "a read-only folder",
    { syscall: "mkdir", path: "/x", code: "EROFS" },
    /^\/x cannot be used: its file system is rea/,
  ],
  ["a full disk, whose path is not known", { syscall: "write", code: "ENOSPC" }, /^A file cannot be used: its disk is/],
  ["a call that is not about files", { syscall: "connect", code: "ECONNREFUSED" }, undefined],
  ["a mistake of a program", {}, undefined],
])("%s", (_what, more, sentence) => {
  const told = fileSystemSentence(failed(more));
  if (sentence === undefined) expect(told).toBeUndefined();
  else expect(told).toMatch(sentence);
});
