import { AwsError } from "../refusals/aws-error.ts";

/** What a request's Authorization header says about itself. */
export interface Credential {
  readonly accessKeyId: string;
  /** Signing name of the service, such as `autoscaling`. */
  readonly service: string;
}

/** Reads a SigV4 header; undefined when there is none or it is not one. The signature itself is not computed. */
export function readCredential(header: string | undefined): Credential | undefined {
  const match = /^AWS4-HMAC-SHA256 Credential=([\w.]+)\/\d{8}\/[a-z0-9-]+\/([a-z0-9-]+)\/aws4_request[, ]/.exec(
    header ?? "",
  );
  const [, accessKeyId, service] = match ?? [];
  return accessKeyId && service ? { accessKeyId, service } : undefined;
}

/** Throws what the service answers to a caller it does not know. */
export function requireAccessKey(
  credential: Credential | undefined,
  expected: string,
  protocol: "query" | "ec2" | "json",
): void {
  if (credential?.accessKeyId === expected) return;
  if (credential === undefined) {
    const code = protocol === "json" ? "MissingAuthenticationTokenException" : "MissingAuthenticationToken";
    throw new AwsError(code, "Missing Authentication Token", protocol === "json" ? 400 : 403);
  }
  if (protocol === "ec2")
    throw new AwsError("AuthFailure", "AWS was not able to validate the provided access credentials", 401);
  const code = protocol === "json" ? "UnrecognizedClientException" : "InvalidClientTokenId";
  throw new AwsError(code, "The security token included in the request is invalid.", protocol === "json" ? 400 : 403);
}
