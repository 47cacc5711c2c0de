import { expect, test } from "vitest";
import type { AwsRequest } from "./call-name.ts";
import type { Gap } from "./pass-through.ts";
import { tlsOnlyPolicies } from "./tls-only-policies.ts";

const allow = { Sid: "A", Effect: "Allow", Action: "s3:GetObject" };
const tlsOnly = { Sid: "T", Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } };

function put(gaps: readonly Gap[], statements: readonly object[]): { readonly stored: unknown; readonly text: string } {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const request: AwsRequest = { method: "PUT", url: "/state?policy=", headers: {}, body: text };
  const asked = gaps.find(({ calls }) => calls.includes("s3:PutBucketPolicy"))?.request?.(request);
  return { stored: JSON.parse(asked?.body ?? "{}").Statement, text };
}

function get(gaps: readonly Gap[], bucket: string, status = 200): string | undefined {
  const request: AwsRequest = { method: "GET", url: `/${bucket}?policy=`, headers: {}, body: "" };
  const answer = { status, headers: {}, body: "of the emulator" };
  return gaps.find(({ calls }) => calls.includes("s3:GetBucketPolicy"))?.answer?.(answer, request).body;
}

test.each([
  ["what denies plain HTTP is kept from the emulator", [allow, tlsOnly], [allow]],
  [
    "what denies under another condition, too, stays",
    [{ ...tlsOnly, Condition: { ...tlsOnly.Condition, StringEquals: { "aws:PrincipalTag/x": "y" } } }],
    [{ ...tlsOnly, Condition: { ...tlsOnly.Condition, StringEquals: { "aws:PrincipalTag/x": "y" } } }],
  ],
  ["what allows under this condition stays", [{ ...tlsOnly, Effect: "Allow" }], [{ ...tlsOnly, Effect: "Allow" }]],
])("%s", (_rule, given, stored) => {
  expect(put(tlsOnlyPolicies(), given).stored).toEqual(stored);
});

test("who asks for the policy gets what was put", () => {
  const gaps = tlsOnlyPolicies();
  const { text } = put(gaps, [allow, tlsOnly]);
  expect(get(gaps, "state")).toBe(text);
});

test.each([
  ["of another bucket", "other", 200],
  ["that is gone", "state", 404],
])("a policy %s is the emulator's to tell", (_rule, bucket, status) => {
  const gaps = tlsOnlyPolicies();
  put(gaps, [tlsOnly]);
  expect(get(gaps, bucket, status)).toBe("of the emulator");
});
