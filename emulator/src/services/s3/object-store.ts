import { createHash } from "node:crypto";

/** An object. Times are epoch milliseconds. */
export interface StoredObject {
  readonly key: string;
  readonly body: Buffer;
  /** With quotes, as in the header. */
  readonly etag: string;
  readonly contentType: string;
  readonly modifiedAtMs: number;
}

/** One bucket's objects, in memory. */
export interface ObjectStore {
  readonly bucket: string;
  readonly put: (key: string, body: Buffer, contentType: string) => StoredObject;
  readonly get: (key: string) => StoredObject | undefined;
  readonly delete: (key: string) => void;
  /** By key, as S3 orders them. */
  readonly list: (prefix: string) => readonly StoredObject[];
}

/** An empty bucket. */
export function createObjectStore(bucket: string, now: () => number): ObjectStore {
  const objects = new Map<string, StoredObject>();
  return {
    bucket,
    put: (key, body, contentType) => {
      const etag = `"${createHash("md5").update(body).digest("hex")}"`;
      const object = { key, body, etag, contentType, modifiedAtMs: now() };
      objects.set(key, object);
      return object;
    },
    get: (key) => objects.get(key),
    delete: (key) => void objects.delete(key),
    list: (prefix) =>
      [...objects.values()]
        .filter(({ key }) => key.startsWith(prefix))
        .sort((left, right) => Buffer.compare(Buffer.from(left.key), Buffer.from(right.key))),
  };
}
