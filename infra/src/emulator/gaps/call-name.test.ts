import { expect, test } from "vitest";
import { callName } from "./call-name.ts";

const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

test.each([
  ["a form names its action", "ec2", "POST /", "Action=CreateVpc&Version=2016-11-15", "ec2:CreateVpc"],
  ["CloudWatch is signed as monitoring", "monitoring", "POST /", "Action=PutMetricAlarm", "cloudwatch:PutMetricAlarm"],
  ["a bucket is made by PUT", "s3", "PUT /b", "", "s3:CreateBucket"],
  ["a bucket is looked for by listing it", "s3", "HEAD /b", "", "s3:ListBucket"],
  ["a part of a bucket is read", "s3", "GET /b?versioning=", "", "s3:GetBucketVersioning"],
  ["encryption has no bucket in its name", "s3", "PUT /b?encryption=", "", "s3:PutEncryptionConfiguration"],
  ["removing a lifecycle is putting none", "s3", "DELETE /b?lifecycle=", "", "s3:PutLifecycleConfiguration"],
  ["a policy has a permission for its removal", "s3", "DELETE /b?policy=", "", "s3:DeleteBucketPolicy"],
  ["an object is put", "s3", "PUT /b/a/key.tfstate?x-id=PutObject", "", "s3:PutObject"],
  ["a zone is made", "route53", "POST /2013-04-01/hostedzone", "<x/>", "route53:CreateHostedZone"],
  ["records are changed", "route53", "POST /2013-04-01/hostedzone/Z1/rrset/", "", "route53:ChangeResourceRecordSets"],
])("%s", (_rule, service, line, body, name) => {
  const [method = "", url = ""] = line.split(" ");
  expect(callName({ method, url, headers: signed(service), body })).toBe(name);
});

test("a target names the action of a JSON protocol", () => {
  const headers = { ...signed("dynamodb"), "x-amz-target": "DynamoDB_20120810.PutItem" };
  expect(callName({ method: "POST", url: "/", headers, body: "{}" })).toBe("dynamodb:PutItem");
});

test("what nobody signed is no call", () => {
  expect(callName({ method: "GET", url: "/moto-api/", headers: {}, body: "" })).toBeUndefined();
});
