import type { AwsRequest } from "./call-name.ts";
import type { Gap } from "./pass-through.ts";

interface PolicyStatement {
  readonly Effect?: unknown;
  readonly Condition?: unknown;
}

/**
 * moto weighs no condition of a bucket's policy: "nobody without TLS" would be nobody at all. Behind a pass-through that everybody
 * reaches by TLS such a statement never applies, so moto does not get it, and who asks for the policy gets what was put.
 */
export function tlsOnlyPolicies(): readonly Gap[] {
  const given = new Map<string, string>();
  return [
    {
      why: "moto weighs no conditions: what applies to nobody here is kept from it",
      calls: ["s3:PutBucketPolicy"],
      request: (request) => {
        given.set(bucketOf(request), request.body);
        const policy = JSON.parse(request.body) as { Statement: readonly PolicyStatement[] };
        const Statement = policy.Statement.filter((statement) => !deniesPlainHttp(statement));
        return { ...request, body: JSON.stringify({ ...policy, Statement }) };
      },
    },
    {
      why: "the policy is what was put",
      calls: ["s3:GetBucketPolicy"],
      answer: (answer, request) => {
        const policy = given.get(bucketOf(request));
        return policy !== undefined && answer.status === 200 ? { ...answer, body: policy } : answer;
      },
    },
  ];
}

function deniesPlainHttp({ Effect, Condition }: PolicyStatement): boolean {
  return Effect === "Deny" && JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}';
}

function bucketOf({ url }: AwsRequest): string {
  return new URL(url, "http://aws.test").pathname.split("/")[1] ?? "";
}
