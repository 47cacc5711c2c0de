import { expect, test } from "vitest";
import { accountFault } from "./account-fault.ts";

const named = (name: string, more: object = {}) => Object.assign(new Error("why"), { name, ...more });

test.each([
  ["no credentials", named("CredentialsProviderError"), "No AWS credentials: run aws sso login"],
  ["credentials that ran out", named("ExpiredToken"), "sign in again"],
  ["credentials of nobody", named("InvalidClientTokenId"), "does not know these credentials"],
  ["no network", named("Error", { code: "ENOTFOUND" }), "cannot be reached"],
  ["a role that may not", named("AccessDeniedException"), "may not look at the account: why"],
  ["a bucket that is closed to them", named("Unknown", { $metadata: { httpStatusCode: 403 } }), "may not look"],
])("%s is a sentence", (_rule, error, sentence) => {
  expect(accountFault(error).faults).toEqual([expect.stringContaining(sentence)]);
});

test("a fault in the program stays one", () => {
  expect(() => accountFault(new TypeError("x"))).toThrow(TypeError);
});
