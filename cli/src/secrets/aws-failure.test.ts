import { CliError } from "@compose-fleet/process";
import { expect, test } from "vitest";
import { awsFailure } from "./aws-failure.ts";

const awsError = (name: string, more: object = {}) => Object.assign(new Error("why"), { name, ...more });

test.each([
  ["no credentials", awsError("CredentialsProviderError"), /No AWS credentials: run `aws sso login`/, 2],
  ["credentials that ran out", awsError("ExpiredTokenException"), /sign in again/, 2],
  ["a role that may not", awsError("AccessDeniedException"), /may not do that: why/, 1],
  ["no network", awsError("Error", { code: "ENOTFOUND" }), /cannot be reached \(ENOTFOUND\)/, 1],
  ["anything else of AWS", awsError("InternalServerError", { $metadata: {} }), /InternalServerError: why/, 1],
])("%s is a sentence", (_rule, error, sentence, exitCode) => {
  const failure = awsFailure(error);
  expect(failure).toBeInstanceOf(CliError);
  expect(failure).toMatchObject({ message: expect.stringMatching(sentence), exitCode });
});

test("what is no error of AWS stays as it is", () => {
  const error = new TypeError("a fault in the program");
  expect(awsFailure(error)).toBe(error);
});
