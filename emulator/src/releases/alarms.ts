/** The CloudWatch alarms that a deployment group goes by, or one deployment instead of its group. */
export interface AlarmConfiguration {
  readonly enabled: boolean;
  /** Whether a deployment goes on when nobody can say how an alarm is. */
  readonly ignorePollAlarmFailure: boolean;
  /** Names. */
  readonly alarms: readonly string[];
}

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** States by name, of the alarms there are; undefined when CloudWatch cannot be asked. */
export type ReadAlarmStates = () => ReadonlyMap<string, AlarmState> | undefined;

/** Why CodeDeploy ends a deployment by itself. */
export interface AlarmStop {
  readonly code: "ALARM_ACTIVE" | "IAM_ROLE_PERMISSIONS";
  readonly message: string;
}

/** A group that infra makes has none. */
export const NO_ALARMS: AlarmConfiguration = { enabled: false, ignorePollAlarmFailure: false, alarms: [] };

/**
 * Whether alarms end a deployment now. Only ALARM counts: an alarm without data has not been activated. That one which cannot be read
 * stops it, too, is AWS's documented default; by which code is not documented.
 */
export function alarmStop(
  { enabled, ignorePollAlarmFailure, alarms }: AlarmConfiguration,
  states: ReturnType<ReadAlarmStates>,
): AlarmStop | undefined {
  if (!enabled) return undefined;
  const active = alarms.filter((name) => states?.get(name) === "ALARM");
  if (active.length > 0)
    return {
      code: "ALARM_ACTIVE",
      message: `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: <${active.join(", ")}>`,
    };
  const unread = alarms.filter((name) => states?.get(name) === undefined);
  if (unread.length === 0 || ignorePollAlarmFailure) return undefined;
  return {
    code: "IAM_ROLE_PERMISSIONS",
    message: `CodeDeploy could not retrieve the state of the alarms <${unread.join(", ")}> from Amazon CloudWatch. The service role may lack permission to perform cloudwatch:DescribeAlarms, or the alarms do not exist.`,
  };
}
