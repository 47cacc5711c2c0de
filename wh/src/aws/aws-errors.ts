/** What an AWS error means to the scaler. */
export type AwsErrorClass =
  | "throttled"
  | "busy"
  | "not-yet"
  | "invalid"
  | "lost-race"
  | "denied"
  | "absent"
  | "unreachable"
  | "unknown";

const CLASS_BY_NAME: Readonly<Record<string, AwsErrorClass>> = {
  Throttling: "throttled",
  ThrottlingException: "throttled",
  ThrottledException: "throttled",
  TooManyRequestsException: "throttled",
  TooManyUpdates: "throttled",
  RequestLimitExceeded: "throttled",
  RequestThrottled: "throttled",
  RequestThrottledException: "throttled",
  ProvisionedThroughputExceededException: "throttled",
  ScalingActivityInProgress: "busy",
  ScalingActivityInProgressFault: "busy",
  ResourceContention: "busy",
  ResourceContentionFault: "busy",
  InvocationDoesNotExist: "not-yet",
  // A booting instance is not managed by SSM yet.
  InvalidInstanceId: "not-yet",
  ValidationError: "invalid",
  ValidationException: "invalid",
  InvalidDocument: "invalid",
  InvalidParameters: "invalid",
  ParameterPatternMismatchException: "invalid",
  ResourceNotFoundException: "invalid",
  // An endpoint other than AWS's own may lack a service.
  UnknownOperationException: "absent",
  ApplicationDoesNotExistException: "absent",
  DeploymentGroupDoesNotExistException: "absent",
  ConditionalCheckFailedException: "lost-race",
  AccessDenied: "denied",
  AccessDeniedException: "denied",
  UnauthorizedOperation: "denied",
  UnrecognizedClientException: "denied",
  InvalidClientTokenId: "denied",
  ExpiredToken: "denied",
  ExpiredTokenException: "denied",
  SignatureDoesNotMatch: "denied",
  CredentialsProviderError: "denied",
  TimeoutError: "unreachable",
  AbortError: "unreachable",
  NetworkingError: "unreachable",
  ECONNREFUSED: "unreachable",
  ECONNRESET: "unreachable",
  ENOTFOUND: "unreachable",
  EAI_AGAIN: "unreachable",
  ETIMEDOUT: "unreachable",
  EPIPE: "unreachable",
};

/** The one place that knows AWS's error names. */
export function classifyAwsError(error: unknown): AwsErrorClass {
  if (typeof error !== "object" || error === null) return "unknown";
  const { name, code, Code, $metadata } = error as {
    name?: unknown;
    code?: unknown;
    Code?: unknown;
    $metadata?: unknown;
  };
  for (const key of [name, code, Code]) {
    const known = typeof key === "string" ? CLASS_BY_NAME[key] : undefined;
    if (known) return known;
  }
  const status = ($metadata as { httpStatusCode?: unknown } | undefined)?.httpStatusCode;
  return typeof status === "number" && status >= 500 ? "unreachable" : "unknown";
}

/** Whether the same call may succeed later without anybody changing anything. */
export function isRetryable(error: unknown): boolean {
  const found = classifyAwsError(error);
  return found !== "invalid" && found !== "denied" && found !== "absent" && found !== "lost-race";
}

/** The error as one sentence: its name and message. */
export function describeAwsError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message || (error as { code?: string }).code || "no message";
  return error.name === "Error" ? message : `${error.name}: ${message}`;
}
