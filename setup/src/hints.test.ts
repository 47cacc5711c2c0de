import { command } from "@compose-fleet/process";
import { expect, test } from "vitest";
import { createFakeRunner } from "../../process/test/fake-runner.ts";
import { explained, hintOf } from "./hints.ts";
import { runStep } from "./run-step.ts";

const NOW_MS = Date.UTC(2024, 4, 3, 10, 0);
const clock = "This machine's clock says 2024-05-03T10:00 UTC: where that is wrong, set it";

test.each([
  [
    "apt",
    "E: Release file for http://deb.debian.org/debian/dists/forky/InRelease is not valid yet (invalid for another 3h)",
    clock,
  ],
  ["apt with a list that is old", "E: Release file for http://x/InRelease is expired (invalid since 2d 3h)", clock],
  [
    "apt by TLS",
    "Certificate verification failed: The certificate is NOT trusted. The certificate chain uses not yet valid certificate.",
    clock,
  ],
  ["npm", "npm error code CERT_NOT_YET_VALID", clock],
  ["Docker", "x509: certificate has expired or is not yet valid: current time 2024-05-03", clock],
  ["curl", "curl: (60) SSL certificate problem: certificate is not yet valid", clock],
  [
    "dpkg",
    "dpkg: error processing archive: cannot copy extracted data: No space left on device",
    "A disk is full: make room",
  ],
  ["npm's write", "npm error ENOSPC: no space left on device, write", "A disk is full: make room"],
  [
    "apt before it begins",
    "E: You don't have enough free space in /var/cache/apt/archives/.",
    "A disk is full: make room",
  ],
  ["mkdir", "mkdir: cannot create directory 'x': Read-only file system", "A file system is read-only: "],
])("what %s says is explained", (_who, words, hint) => {
  expect(hintOf(words, NOW_MS)).toContain(hint);
});

test.each([
  "E: Unable to locate package x",
  "manifest unknown",
  "npm error 404 Not Found",
  "the certificate authority list was read",
])("%s explains itself", (words) => {
  expect(hintOf(words, NOW_MS)).toBeUndefined();
});

test("the words come first, then what to do", async () => {
  const result = { exitCode: 1, stdout: "", stderr: "a\nENOSPC\n", missing: false, timedOut: false };
  expect(explained(result, 5, NOW_MS)).toMatch(/^a\nENOSPC\nA disk is full: /);
  const runner = createFakeRunner([[/^tar/, { exitCode: 2, stderr: "tar: No space left on device" }]]);
  await expect(runStep(runner, command("tar", "x"), "could not pack it")).rejects.toThrow(
    /^could not pack it:\ntar: No space left on device\nA disk is full: make room/,
  );
});
