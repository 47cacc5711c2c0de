import { expect, test } from "vitest";
import { channelsOf, type Notifier, type NotifierSettings } from "./notifier.ts";
import { notifiers } from "./notifiers.ts";

const settings = (change: Partial<NotifierSettings> = {}): NotifierSettings => ({
  notify: {},
  secrets: {},
  onProblem: () => {},
  ...change,
});
const namesOf = (list: readonly Notifier[], change?: Partial<NotifierSettings>) =>
  channelsOf(list, settings(change)).map(({ name }) => name);

test.each<[string, Partial<NotifierSettings>, string[]]>([
  ["nobody, where nothing is set", {}, []],
  ["nobody, where the secret is missing", { notify: { telegram: { chatId: -1 }, slack: {} } }, []],
  ["nobody, where fleet.yaml does not ask", { secrets: { telegramToken: "t", slackWebhookUrl: "https://x" } }, []],
  [
    "both, in the list's order",
    {
      notify: { telegram: { chatId: -1 }, slack: {} },
      secrets: { telegramToken: "t", slackWebhookUrl: "https://example.com/x" },
    },
    ["telegram", "slack"],
  ],
])("reaches %s", (_rule, change, names) => {
  expect(namesOf(notifiers, change)).toEqual(names);
});

test("a further notifier is one adapter and one line", async () => {
  const sent: string[] = [];
  const fake: Notifier = ({ notify }) => ({
    name: "fake",
    send: async (text) => void sent.push(`${text} ${Object.keys(notify).length}`),
  });
  const [channel] = channelsOf([...notifiers, fake], settings());
  await channel?.send("hello");
  expect([channel?.name, sent]).toEqual(["fake", ["hello 0"]]);
});
