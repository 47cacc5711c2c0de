import { CliError } from "@compose-fleet/process";
import { expect, test } from "vitest";
import { orSentence } from "./release-failure.ts";

const awsError = (name: string) => Object.assign(new Error("why"), { name, $metadata: {} });

test.each([
  [
    "S3's word for expired credentials",
    "ExpiredToken",
    /AWS does not take these credentials \(ExpiredToken\): sign in again/,
    2,
  ],
  ["everybody else's", "ExpiredTokenException", /sign in again/, 2],
  ["a request that was signed too long ago", "RequestExpired", /sign in again/, 2],
  ["keys that are none", "InvalidAccessKeyId", /sign in again/, 2],
  ["a wrong secret", "SignatureDoesNotMatch", /sign in again/, 2],
  ["no credentials at all", "CredentialsProviderError", /No AWS credentials/, 2],
  ["a fleet that was never deployed", "ApplicationDoesNotExistException", /deploy the fleet first/, 2],
  ["a right that is missing", "AccessDeniedException", /may not do that/, 1],
])("%s is a sentence", async (_rule, name, sentence, exitCode) => {
  const failed = orSentence(() => Promise.reject(awsError(name)));
  await expect(failed).rejects.toBeInstanceOf(CliError);
  await expect(failed).rejects.toMatchObject({ exitCode, message: expect.stringMatching(sentence) });
});
