import type { Disturbances } from "../faults/disturbances.ts";
import type { AwsService } from "./action.ts";
import { AwsError } from "./aws-error.ts";

/** Throws what a service answers to too many calls, for every second call while calls are throttled. */
export type Throttle = (protocol: AwsService["protocol"] | "s3") => void;

/** A throttle that counts all services' calls together. */
export function createThrottle(disturbances: Pick<Disturbances, "throttled">): Throttle {
  let calls = 0;
  return (protocol) => {
    if (!disturbances.throttled) return;
    calls += 1;
    if (calls % 2 === 0) return;
    if (protocol === "ec2") throw new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503);
    if (protocol === "s3") throw new AwsError("SlowDown", "Please reduce your request rate.", 503);
    throw new AwsError(protocol === "json" ? "ThrottlingException" : "Throttling", "Rate exceeded");
  };
}
