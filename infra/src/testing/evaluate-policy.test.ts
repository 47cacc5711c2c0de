import { describe, expect, test } from "vitest";
import { type AccessRequest, allows } from "./evaluate-policy.ts";

const policy = (...statements: object[]) => JSON.stringify({ Statement: statements });
const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" };
const request: AccessRequest = { action: "s3:GetObject", resource: "arn:aws:s3:::a/b" };

test.each<[string, string, AccessRequest, boolean]>([
  ["what is named is allowed", policy(read), request, true],
  ["what is not named is not", policy(read), { ...request, action: "s3:PutObject" }, false],
  ["nor on another resource", policy(read), { ...request, resource: "arn:aws:s3:::ab/b" }, false],
  ["a dot in a pattern is a dot", policy({ ...read, Resource: "a.b" }), { ...request, resource: "aXb" }, false],
  ["a deny wins", policy(read, { ...read, Effect: "Deny" }), request, false],
  ["nothing allows nothing", policy(), request, false],
])("%s", (_rule, document, asked, expected) => {
  expect(allows(document, asked)).toBe(expected);
});

describe("a condition", () => {
  const under = (Condition: object) => policy({ ...read, Condition });
  test.each<[string, object, Record<string, string>, boolean]>([
    ["holds for its value", { StringEquals: { k: ["v", "w"] } }, { k: "w" }, true],
    ["and for no other", { StringEquals: { k: "v" } }, { k: "w" }, false],
    ["fails where the request has no such key", { StringEquals: { k: "v" } }, {}, false],
    ["all of them have to hold", { StringEquals: { k: "v", l: "v" } }, { k: "v", l: "w" }, false],
    ["Null asks whether a key is absent", { Null: { k: "true" } }, {}, true],
    ["and it is not", { Null: { k: "true" } }, { k: "v" }, false],
    ["an ARN may be a pattern", { ArnLike: { k: "arn:*:x-*" } }, { k: "arn:aws:x-1" }, true],
  ])("%s", (_rule, condition, context, expected) => {
    expect(allows(under(condition), { ...request, context })).toBe(expected);
  });
  test("of an operator that is not known is no guess", () => {
    expect(() => allows(under({ IpAddress: { k: "10.0.0.0/8" } }), { ...request, context: { k: "10.0.0.1" } })).toThrow(
      /IpAddress/,
    );
  });
});

test("a resource's policy is for the services that it names", () => {
  const document = policy({ ...read, Principal: { Service: "events.amazonaws.com" } });
  expect(allows(document, { ...request, service: "events.amazonaws.com" })).toBe(true);
  expect(allows(document, { ...request, service: "cloudwatch.amazonaws.com" })).toBe(false);
});
