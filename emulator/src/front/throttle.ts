import type { Disturbances } from "../disturbances/disturbances.ts";
import type { AwsService } from "../protocol/action.ts";
import { AwsError } from "../refusals/aws-error.ts";

type Protocol = AwsService["protocol"] | "s3";

/** Throws what a service answers to too many calls, for every second call while calls are throttled. */
export type Throttle = (protocol: Protocol) => void;

/** A throttle that counts all services' calls together. */
export function createThrottle(disturbances: Pick<Disturbances, "throttled">): Throttle {
  let calls = 0;
  return (protocol) => {
    if (!disturbances.throttled) return;
    calls += 1;
    if (calls % 2 !== 0) throw tooMany(protocol);
  };
}

/** Throws what a service answers to one action that is refused by itself. */
export function refuseAction(
  { refusedActions }: Pick<Disturbances, "refusedActions">,
  protocol: AwsService["protocol"],
  action: string,
): void {
  const refusal = refusedActions.get(action);
  if (refusal === "throttled") throw tooMany(protocol);
  if (refusal === "denied") throw denied(protocol, action);
}

function tooMany(protocol: Protocol): AwsError {
  if (protocol === "ec2") return new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503);
  if (protocol === "s3") return new AwsError("SlowDown", "Please reduce your request rate.", 503);
  return new AwsError(protocol === "json" ? "ThrottlingException" : "Throttling", "Rate exceeded");
}

function denied(protocol: AwsService["protocol"], action: string): AwsError {
  if (protocol === "ec2")
    return new AwsError("UnauthorizedOperation", `You are not authorized to perform this operation: ${action}.`, 403);
  const sentence = `User is not authorized to perform: ${action} because no identity-based policy allows the action`;
  return protocol === "json"
    ? new AwsError("AccessDeniedException", sentence, 400)
    : new AwsError("AccessDenied", sentence, 403);
}
