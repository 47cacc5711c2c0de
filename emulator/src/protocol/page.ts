import { AwsError } from "../refusals/aws-error.ts";

/** One page of a list; the token is opaque to callers. Throws `AwsError` for a token that this never gave out. */
export function page<Item>(
  items: readonly Item[],
  size: number,
  token: string | undefined,
  faultCode = "InvalidNextToken",
): { readonly items: Item[]; readonly nextToken: string | undefined } {
  const offset =
    token === undefined
      ? 0
      : Number(/^page-(\d{1,9})$/.exec(Buffer.from(token, "base64url").toString())?.[1] ?? Number.NaN);
  if (Number.isNaN(offset)) throw new AwsError(faultCode, `The token '${token}' is invalid.`);
  const end = offset + Math.max(1, size);
  const nextToken = end < items.length ? Buffer.from(`page-${end}`).toString("base64url") : undefined;
  return { items: items.slice(offset, end), nextToken };
}
