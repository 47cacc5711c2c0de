import { Document, parseDocument } from "yaml";
import { z } from "zod";

const schema = z.looseObject({
  receivers: z.array(z.looseObject({ name: z.string(), webhook_configs: z.array(z.unknown()).optional() })),
});

/** Alertmanager's configuration with every webhook of one receiver listed twice. Throws when there is no such webhook. */
export function duplicateWebhooks(config: string, receiver: string): string {
  const parsed = schema.parse(parseDocument(config).toJS());
  const webhooks = parsed.receivers.find((each) => each.name === receiver)?.webhook_configs ?? [];
  if (webhooks.length === 0) throw new Error(`Alertmanager's receiver ${receiver} has no webhook to duplicate`);
  const receivers = parsed.receivers.map((each) =>
    each.name === receiver ? { ...each, webhook_configs: [...webhooks, ...webhooks] } : each,
  );
  return new Document({ ...parsed, receivers }, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 });
}
