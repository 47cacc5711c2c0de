import { expect, test } from "vitest";
import { lockInMessage, lockOf, lockSentence } from "./state-lock.ts";

const lock = { id: "7ab", who: "ann@laptop", operation: "OperationTypePlan", createdAt: "2026-01-01T00:00:00Z" };

test("a lock is what Terraform writes into the bucket", () => {
  expect(
    lockOf('{"ID":"7ab","Who":"ann@laptop","Operation":"OperationTypePlan","Created":"2026-01-01T00:00:00Z"}'),
  ).toEqual(lock);
});

test("one that came between the look and Terraform is read from Terraform's words", () => {
  const message = `terraform plan failed in /stack:
error: Error acquiring the state lock: Error message: operation error S3: PutObject, https response error StatusCode: 412 Lock Info: ID: 7ab Path: bucket/key Operation: OperationTypePlan Who: ann@laptop Version: 1.11.4 Created: 2026-01-01 00:00:00 +0000 UTC Info: Terraform acquires a state lock`;
  expect(lockInMessage(message)).toEqual({ ...lock, createdAt: "2026-01-01 00:00:00" });
});

test("another failure is no lock", () => {
  expect(lockInMessage("terraform plan failed in /stack:\nerror: Invalid CIDR")).toBeUndefined();
});

test("the sentence says who, since when, and what to do", () => {
  expect(lockSentence(lock, "fleet")).toMatch(
    /^ann@laptop has held the state of fleet since 2026-01-01T00:00:00Z .*force-unlock 7ab/,
  );
});
