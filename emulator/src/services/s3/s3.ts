import { escapeXml, queryStyle, toXml } from "../../protocol/xml.ts";
import { AwsError } from "../../refusals/aws-error.ts";
import { decodeChunks } from "./chunked.ts";
import type { ObjectStore, StoredObject } from "./object-store.ts";

/** A request of S3's REST protocol. Header names are in small letters. */
export interface S3Request {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface S3Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** Answers requests to one bucket, path style: PutObject, GetObject, HeadObject, DeleteObject, ListObjectsV2, HeadBucket, ListBuckets. Throws `AwsError`. */
export function answerS3(store: ObjectStore, request: S3Request): S3Response {
  const { pathname, searchParams } = new URL(request.url, "http://s3");
  const [, bucket = "", ...rest] = pathname.split("/").map(decodeURIComponent);
  const key = rest.join("/");
  if (bucket === "" && request.method === "GET") return listBuckets(store, searchParams.get("prefix") ?? "");
  if (bucket !== store.bucket) throw new AwsError("NoSuchBucket", "The specified bucket does not exist", 404);
  if (key === "") {
    if (request.method === "HEAD") return { status: 200, headers: {}, body: Buffer.alloc(0) };
    if (request.method === "GET" && searchParams.get("list-type") === "2") return listObjects(store, searchParams);
    throw unknown(request);
  }
  switch (request.method) {
    case "PUT":
      return putObject(store, key, request);
    case "GET":
      return withObject(found(store, key), true);
    case "HEAD":
      return withObject(found(store, key), false);
    case "DELETE":
      store.delete(key);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    default:
      throw unknown(request);
  }
}

/** An error as S3 reports it; the answer to HEAD has no body, so clients know its status alone. */
export function s3Error(error: AwsError, requestId: string, method: string): S3Response {
  const text = `<Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message><RequestId>${requestId}</RequestId></Error>`;
  return { ...xml(error.status, text), ...(method === "HEAD" ? { body: Buffer.alloc(0) } : {}) };
}

function putObject(store: ObjectStore, key: string, { headers, body }: S3Request): S3Response {
  if (headers["x-amz-copy-source"] !== undefined)
    throw new AwsError("NotImplemented", "Copies are not known here", 501);
  const existing = store.get(key);
  const precondition = headers["if-none-match"];
  if (existing && precondition === "*")
    throw new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
  const isChunked = String(headers["content-encoding"] ?? "").includes("aws-chunked");
  const contentType = headers["content-type"];
  const stored = store.put(
    key,
    isChunked ? decodeChunks(body) : body,
    typeof contentType === "string" ? contentType : "binary/octet-stream",
  );
  return { status: 200, headers: { etag: stored.etag }, body: Buffer.alloc(0) };
}

function found(store: ObjectStore, key: string): StoredObject {
  const object = store.get(key);
  if (!object) throw new AwsError("NoSuchKey", "The specified key does not exist.", 404);
  return object;
}

function withObject(object: StoredObject, isBodyWanted: boolean): S3Response {
  return {
    status: 200,
    headers: {
      etag: object.etag,
      "content-type": object.contentType,
      "content-length": String(object.body.length),
      "last-modified": new Date(object.modifiedAtMs).toUTCString(),
    },
    body: isBodyWanted ? object.body : Buffer.alloc(0),
  };
}

function listObjects(store: ObjectStore, parameters: URLSearchParams): S3Response {
  const prefix = parameters.get("prefix") ?? "";
  const after = parameters.get("continuation-token") ?? parameters.get("start-after") ?? "";
  const size = Math.min(1000, Math.max(1, Number(parameters.get("max-keys") ?? 1000) || 1000));
  const all = store.list(prefix).filter(({ key }) => key > after);
  const items = all.slice(0, size);
  const isTruncated = all.length > items.length;
  const head = {
    Name: store.bucket,
    Prefix: prefix,
    KeyCount: items.length,
    MaxKeys: size,
    IsTruncated: isTruncated,
    ...(isTruncated ? { NextContinuationToken: items.at(-1)?.key } : {}),
  };
  const contents = items.map(({ key, body, etag, modifiedAtMs }) => {
    const members = {
      Key: key,
      LastModified: new Date(modifiedAtMs),
      ETag: etag,
      Size: body.length,
      StorageClass: "STANDARD",
    };
    return `<Contents>${toXml(members, "Contents", queryStyle)}</Contents>`;
  });
  const inner = toXml(head, "ListBucketResult", queryStyle) + contents.join("");
  return xml(200, `<ListBucketResult xmlns="${NAMESPACE}">${inner}</ListBucketResult>`);
}

function listBuckets(store: ObjectStore, prefix: string): S3Response {
  const bucket = store.bucket.startsWith(prefix) ? `<Bucket><Name>${escapeXml(store.bucket)}</Name></Bucket>` : "";
  return xml(200, `<ListAllMyBucketsResult xmlns="${NAMESPACE}"><Buckets>${bucket}</Buckets></ListAllMyBucketsResult>`);
}

function xml(status: number, text: string): S3Response {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
  return { status, headers: { "content-type": "application/xml", "content-length": String(body.length) }, body };
}

function unknown({ method, url }: S3Request): AwsError {
  return new AwsError("NotImplemented", `${method} ${url} is not known here`, 501);
}
