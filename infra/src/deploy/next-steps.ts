import type { FleetConfig } from "@compose-fleet/fleet";
import type { Account } from "./account.ts";
import type { StackOutcome } from "./run-stack.ts";

/** What a rule looks at, after everything was deployed. */
export interface Deployed {
  readonly config: FleetConfig;
  readonly account: Pick<Account, "pendingMailSubscriptions">;
  readonly outcomes: readonly StackOutcome[];
}

/** A sentence about something that is left to do; undefined where nothing is. Reads only. Rejects with AWS's errors. */
type Rule = (deployed: Deployed) => Promise<string | undefined>;

const confirmMail: Rule = async ({ config, account, outcomes }) => {
  const { email } = config.notify;
  if (email === undefined || !outcomes.some(({ stack }) => stack === "fleet")) return undefined;
  const pending = await account.pendingMailSubscriptions(`fleet-${config.name}-${config.environment}-`);
  if (!pending.includes(email)) return undefined;
  return `${email} gets no alarm yet: confirm the subscription in the mail that AWS has sent.`;
};

/** A monitoring instance comes up empty. One that stands for another fetches the last revision at the end of its boot. */
const releaseMonitoring: Rule = async ({ outcomes }) => {
  const [change] = outcomes.flatMap(({ status, changes, replaceable }) =>
    status === "applied" ? changes.filter(({ address }) => address === replaceable.monitoring) : [],
  );
  if (change?.action === "replace")
    return "The monitoring instance is new: nothing scales until it has booted and deployed its last revision itself, some five minutes. npx fleet release status shows it; if it does not come: npx fleet release --only monitoring";
  return change?.action === "create" ? "The machines wait for their first revision: npx fleet release" : undefined;
};

const RULES: readonly Rule[] = [confirmMail, releaseMonitoring];

/** What is left to do after a deployment, in order. A look that AWS refuses becomes a sentence: the deployment itself has succeeded. */
export async function nextSteps(deployed: Deployed): Promise<readonly string[]> {
  const steps = await Promise.all(
    RULES.map((rule) =>
      rule(deployed).catch(
        (error: unknown) =>
          `What is left to do could not be looked up: ${error instanceof Error ? error.message : error}`,
      ),
    ),
  );
  return steps.filter((step) => step !== undefined);
}
