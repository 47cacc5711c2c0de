import { expect, test } from "vitest";
import { channelsOf, type NotifierSettings } from "./notifier.ts";
import { notifiers } from "./notifiers.ts";

const settings = (change: Partial<NotifierSettings> = {}): NotifierSettings => ({
  notify: {},
  secrets: {},
  onProblem: () => {},
  fleet: { name: "demo", environment: "test" },
  nowMs: () => 0,
  newId: () => "id",
  ...change,
});
const namesOf = (change?: Partial<NotifierSettings>) => channelsOf(notifiers, settings(change)).map(({ name }) => name);

test.each<[string, Partial<NotifierSettings>, string[]]>([
  ["nobody, where nothing is set", {}, []],
  ["nobody, where the secret is missing", { notify: { telegram: { chatId: -1 }, slack: {} } }, []],
  ["nobody, where fleet.yaml does not ask", { secrets: { telegram: "t", slack: "https://x" } }, []],
  [
    "all, in the list's order",
    {
      notify: { webhook: { url: "https://example.com/y" }, telegram: { chatId: -1 }, slack: {} },
      secrets: { webhook: "key", telegram: "t", slack: "https://example.com/x" },
    },
    ["telegram", "slack", "webhook"],
  ],
])("reaches %s", (_rule, change, names) => {
  expect(namesOf(change)).toEqual(names);
});

test("an adapter gets what fleet.yaml says of it and its own secret, and nothing of another's", async () => {
  const sent: string[] = [];
  const fake: typeof notifiers = {
    ...notifiers,
    telegram: ({ settings, secret }) => ({
      name: "fake",
      send: async (text) => void sent.push(`${text} ${secret} ${JSON.stringify(settings)}`),
    }),
  };
  const given = settings({ notify: { telegram: { chatId: 7 }, slack: {} }, secrets: { telegram: "one" } });
  const [channel, ...others] = channelsOf(fake, given);
  await channel?.send("hello");
  expect([channel?.name, others, sent]).toEqual(["fake", [], ['hello one {"chatId":7}']]);
});
