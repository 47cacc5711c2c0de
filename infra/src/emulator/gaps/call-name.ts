import type { IncomingHttpHeaders } from "node:http";

/** What of a request tells which call of AWS's it is. */
export interface AwsRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The call as IAM names it, such as `ec2:CreateVpc`; undefined where the request is none of AWS's. */
export function callName(request: AwsRequest): string | undefined {
  const service = serviceOf(request);
  if (service === undefined) return undefined;
  const prefix = IAM_PREFIX[service] ?? service;
  const action = actionOf(service, request);
  return `${prefix}:${ACTION_NAMES[`${prefix}:${action}`] ?? action}`;
}

/** Services whose permissions have another name than their signature. */
const IAM_PREFIX: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };

/** Calls that another permission than the one of their name allows. */
const ACTION_NAMES: Readonly<Record<string, string>> = {
  "s3:HeadBucket": "ListBucket",
  "s3:ListObjects": "ListBucket",
  "s3:ListObjectVersions": "ListBucketVersions",
  "s3:HeadObject": "GetObject",
  "s3:DeleteObjects": "DeleteObject",
};

/** The service that a request is signed for. */
function serviceOf({ headers }: AwsRequest): string | undefined {
  return /Credential=[^/]+\/\d+\/[^/]+\/([a-z0-9-]+)\//.exec(headers.authorization ?? "")?.[1];
}

function actionOf(service: string, { method, url, headers, body }: AwsRequest): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.slice(target.lastIndexOf(".") + 1);
  const form = new URLSearchParams(body).get("Action");
  if (form !== null) return form;
  const { pathname, searchParams } = new URL(url, "http://aws.test");
  if (service === "s3") return s3Action(method, pathname, searchParams);
  return service === "route53" ? route53Action(method, pathname) : `${method} ${pathname}`;
}

/** Sub-resources of a bucket, as the query names them and as its permissions do. */
const BUCKET_PARTS: Readonly<Record<string, string>> = {
  accelerate: "AccelerateConfiguration",
  acl: "BucketAcl",
  cors: "BucketCORS",
  encryption: "EncryptionConfiguration",
  lifecycle: "LifecycleConfiguration",
  logging: "BucketLogging",
  "object-lock": "BucketObjectLockConfiguration",
  policy: "BucketPolicy",
  publicAccessBlock: "BucketPublicAccessBlock",
  replication: "ReplicationConfiguration",
  requestPayment: "BucketRequestPayment",
  tagging: "BucketTagging",
  versioning: "BucketVersioning",
  website: "BucketWebsite",
};

function s3Action(method: string, pathname: string, query: URLSearchParams): string {
  const [, , ...key] = pathname.split("/");
  const part = Object.keys(BUCKET_PARTS).find((name) => query.has(name));
  if (key.join("") !== "")
    return `${{ GET: "Get", HEAD: "Head", PUT: "Put", DELETE: "Delete" }[method] ?? method}Object`;
  if (part !== undefined) {
    // Removing a configuration is putting none, but for the policy.
    const verb = method === "GET" ? "Get" : method === "DELETE" && part === "policy" ? "Delete" : "Put";
    return `${verb}${BUCKET_PARTS[part]}`;
  }
  if (query.has("versions")) return "ListObjectVersions";
  if (query.has("delete")) return "DeleteObjects";
  return { GET: "ListObjects", HEAD: "HeadBucket", PUT: "CreateBucket", DELETE: "DeleteBucket" }[method] ?? method;
}

/** Calls of Route 53 by method and path. */
const ROUTE53: readonly (readonly [string, RegExp, string])[] = [
  ["POST", /\/hostedzone$/, "CreateHostedZone"],
  ["GET", /\/hostedzone$/, "ListHostedZones"],
  ["GET", /\/hostedzone\/[^/]+$/, "GetHostedZone"],
  ["POST", /\/hostedzone\/[^/]+$/, "UpdateHostedZoneComment"],
  ["DELETE", /\/hostedzone\/[^/]+$/, "DeleteHostedZone"],
  ["POST", /\/hostedzone\/[^/]+\/rrset\/?$/, "ChangeResourceRecordSets"],
  ["GET", /\/hostedzone\/[^/]+\/rrset$/, "ListResourceRecordSets"],
  ["GET", /\/hostedzone\/[^/]+\/dnssec$/, "GetDNSSEC"],
  ["GET", /\/change\//, "GetChange"],
  ["GET", /\/tags\//, "ListTagsForResource"],
  ["POST", /\/tags\//, "ChangeTagsForResource"],
];

function route53Action(method: string, pathname: string): string {
  return ROUTE53.find(([verb, path]) => verb === method && path.test(pathname))?.[2] ?? `${method} ${pathname}`;
}
