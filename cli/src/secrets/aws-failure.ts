import { CliError, exitCodes } from "@compose-fleet/process";

const NO_CREDENTIALS = ["CredentialsProviderError"];
const STALE = [
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "RequestExpired",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
];
const DENIED = ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"];
const UNREACHABLE = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "TimeoutError"];

/** An error of AWS as a sentence that says what to do; what is none comes back as it is. */
export function awsFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const is = (names: readonly string[]) => names.includes(error.name) || (code !== undefined && names.includes(code));
  if (is(NO_CREDENTIALS))
    return new CliError(
      `No AWS credentials: run \`aws sso login\`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${error.message}).`,
      exitCodes.usage,
    );
  if (is(STALE))
    return new CliError(`AWS does not take these credentials (${error.name}): sign in again.`, exitCodes.usage);
  if (is(DENIED)) return new CliError(`These AWS credentials may not do that: ${error.message}`);
  if (is(UNREACHABLE))
    return new CliError(
      `AWS cannot be reached (${code ?? error.name}): check the network, AWS_ENDPOINT_URL and region.`,
    );
  return "$metadata" in error ? new CliError(`AWS refused it: ${error.name}: ${error.message}`) : error;
}
