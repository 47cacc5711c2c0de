import { expect, test } from "vitest";
import { classifyAwsError, describeAwsError, isRetryable } from "./aws-errors.ts";

const named = (name: string, more: object = {}) => Object.assign(new Error("message"), { name }, more);

test.each([
  ["throttling is retried", named("ThrottlingException"), "throttled", true],
  ["a running scaling activity is waited for", named("ScalingActivityInProgressFault"), "busy", true],
  ["an invocation may not exist yet", named("InvocationDoesNotExist"), "not-yet", true],
  ["a booting instance is not managed yet", named("InvalidInstanceId"), "not-yet", true],
  ["a validation error stays", named("ValidationError"), "invalid", false],
  ["a lost race is no failure of ours", named("ConditionalCheckFailedException"), "lost-race", false],
  ["missing rights stay", named("AccessDeniedException"), "denied", false],
  ["missing credentials stay", named("CredentialsProviderError"), "denied", false],
  ["a timeout is retried", named("TimeoutError"), "unreachable", true],
  ["a refused connection is found by its code", named("Error", { code: "ECONNREFUSED" }), "unreachable", true],
  ["a server error is retried", named("InternalFailure", { $metadata: { httpStatusCode: 500 } }), "unreachable", true],
  ["what is not known may be retried", named("Surprise"), "unknown", true],
  ["a text is no error", "text", "unknown", true],
])("%s", (_rule, error, expected, retryable) => {
  expect(classifyAwsError(error)).toBe(expected);
  expect(isRetryable(error)).toBe(retryable);
});

test("the sentence names error and message", () => {
  expect(describeAwsError(named("ValidationError"))).toBe("ValidationError: message");
  expect(describeAwsError(Object.assign(new Error(""), { code: "ECONNREFUSED" }))).toBe("ECONNREFUSED");
});
