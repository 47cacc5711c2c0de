import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { BUCKET } from "../../../test/sdk-under-test.ts";
import { withFront } from "../../../test/with-front.ts";

const given = withFront("test");
const at = (Key: string) => ({ Bucket: BUCKET, Key });
const put = (key: string, Body: string | Buffer = "one") =>
  given.sdk.s3.send(new PutObjectCommand({ ...at(key), Body }));

test("what was put comes back, byte for byte, under a name with any characters", async () => {
  const body = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
  await put("workers/ü &+ä.tgz", body);
  const { Body, ContentLength, LastModified, ETag } = await given.sdk.s3.send(
    new GetObjectCommand(at("workers/ü &+ä.tgz")),
  );
  expect(Buffer.from((await Body?.transformToByteArray()) ?? [])).toEqual(body);
  expect(ContentLength).toBe(70_000);
  expect(LastModified).toBeInstanceOf(Date);
  expect(await given.sdk.s3.send(new HeadObjectCommand(at("workers/ü &+ä.tgz")))).toMatchObject({
    ETag,
    ContentLength: 70_000,
  });
});

test("a stream arrives without the marks of its chunks", async () => {
  const Body = Readable.from([Buffer.from("first "), Buffer.from("second")]);
  await given.sdk.s3.send(new PutObjectCommand({ ...at("stream"), Body, ContentLength: 12 }));
  const answer = await given.sdk.s3.send(new GetObjectCommand(at("stream")));
  expect(await answer.Body?.transformToString()).toBe("first second");
});

test("a list is in order, by prefix, and goes on where it was cut", async () => {
  for (const key of ["workers/b", "workers/a", "monitoring/a"]) await put(key);
  const list = (more: object) =>
    given.sdk.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "workers/", ...more }));
  const first = await list({ MaxKeys: 1 });
  expect([first.Contents?.[0]?.Key, first.IsTruncated, first.KeyCount]).toEqual(["workers/a", true, 1]);
  const second = await list({ ContinuationToken: first.NextContinuationToken });
  expect([second.Contents?.[0]?.Key, second.IsTruncated]).toEqual(["workers/b", false]);
  expect(second.Contents?.[0]).toMatchObject({ Size: 3, LastModified: expect.any(Date) });
});

test("what was deleted is gone, and deleting it again is no error", async () => {
  await put("x");
  for (let times = 0; times < 2; times += 1) await given.sdk.s3.send(new DeleteObjectCommand(at("x")));
  expect((await given.sdk.s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))).KeyCount).toBe(0);
});

test("the account's buckets are listed by prefix", async () => {
  const names = async (Prefix: string) =>
    (await given.sdk.s3.send(new ListBucketsCommand({ Prefix }))).Buckets?.map(({ Name }) => Name) ?? [];
  expect(await names("fleet-contract-test-revisions")).toEqual([BUCKET]);
  expect(await names("other")).toEqual([]);
});

test("somebody else's key is refused in S3's words", async () => {
  const stranger = new S3Client({
    endpoint: given.front.endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "AKIASTRANGER", secretAccessKey: "any" },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  await expect(stranger.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: "InvalidAccessKeyId" });
  stranger.destroy();
});
