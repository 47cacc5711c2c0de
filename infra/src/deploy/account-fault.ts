import type { Preflight } from "./preflight.ts";

/** Sentences for what AWS says when it does not know who is asking, by the names of its errors. */
const SENTENCES: Readonly<Record<string, string>> = {
  CredentialsProviderError:
    "No AWS credentials: run aws sso login, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
  ExpiredToken: "The AWS credentials have expired: sign in again.",
  ExpiredTokenException: "The AWS credentials have expired: sign in again.",
  InvalidClientTokenId: "AWS does not know these credentials: sign in again.",
  UnrecognizedClientException: "AWS does not know these credentials: sign in again.",
  ECONNREFUSED: "AWS cannot be reached: check the network and AWS_ENDPOINT_URL.",
  ENOTFOUND: "AWS cannot be reached: check the network and the region.",
};

/** A failure of the look at the account as its fault; throws again what no sentence explains. */
export function accountFault(error: unknown): Preflight {
  if (!(error instanceof Error)) throw error;
  const code = "code" in error ? String(error.code) : "";
  const sentence =
    SENTENCES[error.name] ??
    SENTENCES[code] ??
    (error.name.includes("AccessDenied") || isForbidden(error)
      ? `These AWS credentials may not look at the account: ${error.message}`
      : undefined);
  if (sentence === undefined) throw error;
  return { faults: [sentence], account: undefined, hasStateBucket: false, hasBootstrapState: false };
}

/** S3's answers without a body have no name of their own. */
function isForbidden(error: Error): boolean {
  return "$metadata" in error && Object(error.$metadata).httpStatusCode === 403;
}
