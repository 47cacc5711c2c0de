import { z } from "zod";

/** A way to reach people. */
interface NotifierEntry {
  /** What `notify.NAME` of fleet.yaml may say. */
  readonly settings: z.ZodType;
  /** What it needs besides. Somebody has to hand it over; the monitoring instance reads it. */
  readonly secret: { readonly name: string; readonly purpose: string };
}

/**
 * Every way to reach people, by its name in `notify` of fleet.yaml. The section's schema, the secrets and who may read them, and the variables of wh
 * come from this list. Each has an adapter in wh's list of the same names: the types insist.
 */
export const notifiers = {
  telegram: {
    settings: z.strictObject({ chatId: z.int() }).optional().describe("The bot's token is the secret TELEGRAM_TOKEN."),
    secret: { name: "TELEGRAM_TOKEN", purpose: "the token of the Telegram bot" },
  },
  slack: {
    settings: z.strictObject({}).optional().describe("The webhook's address is the secret SLACK_WEBHOOK_URL."),
    secret: { name: "SLACK_WEBHOOK_URL", purpose: "the address of the Slack webhook" },
  },
  webhook: {
    settings: z
      .strictObject({
        url: z
          .url({ protocol: /^https$/, error: "write an https:// address: what Alertmanager posts carries the secret" })
          .superRefine((text, ctx) => {
            const problem = receiverProblem(text);
            if (problem) ctx.addIssue({ code: "custom", message: problem });
          }),
      })
      .optional()
      .describe("JSON to an address of yours, signed with the secret WEBHOOK_SECRET."),
    secret: { name: "WEBHOOK_SECRET", purpose: "the key that signs what the webhook of notify gets" },
  },
} as const satisfies Readonly<Record<string, NotifierEntry>>;

export type NotifierName = keyof typeof notifiers;

/** The variable by which wh is told the file of a notifier's secret. */
export type NotifierVariable = `${(typeof notifiers)[NotifierName]["secret"]["name"]}_FILE`;

export const notifierNames = Object.keys(notifiers) as readonly NotifierName[];

/** What is no address at all is said by another rule. */
function receiverProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { username, password, port } = new URL(text);
  if (username || password) return "leave out user and password: the receiver knows the fleet by the signature";
  return port ? "leave out the port: the monitoring instance reaches 443 only" : undefined;
}

/** `TELEGRAM_TOKEN_FILE` and its like. */
export function notifierVariable(name: NotifierName): NotifierVariable {
  return `${notifiers[name].secret.name}_FILE`;
}

/** The keys of `notify` in fleet.yaml, each with its schema. */
export const notifierSettings = Object.fromEntries(
  notifierNames.map((name) => [name, notifiers[name].settings]),
) as unknown as { readonly [N in NotifierName]: (typeof notifiers)[N]["settings"] };
