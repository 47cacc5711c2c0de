/** What faults change about the emulated AWS; each part reads its own switch at every call. */
export interface Disturbances {
  /** Added to the delivery of every command, milliseconds. */
  ssmDelayMs: number;
  /** Instances on which every command fails. */
  readonly ssmFailing: Set<string>;
  /** Every second API call is refused. */
  throttled: boolean;
  /** DynamoDB's connections are closed without an answer. */
  dynamodbDown: boolean;
  /** Every launch fails for lack of capacity. */
  launchesFail: boolean;
}

/** Nothing is disturbed. */
export function noDisturbances(): Disturbances {
  return { ssmDelayMs: 0, ssmFailing: new Set(), throttled: false, dynamodbDown: false, launchesFail: false };
}
