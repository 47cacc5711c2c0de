import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cloudWatchShares, SHARE_QUERY } from "./error-shares.ts";

const fleet = { name: "shop", environment: "production" };
/** CloudWatch that gives this answer; `asked` gets the input of each call. */
function cloudWatch(answer: object, asked: object[] = []) {
  const send = async ({ input }: { input: object }) => {
    asked.push(input);
    return answer;
  };
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's overloads of `send` cannot be written by hand
  return { send: send as any };
}

test("the fleet's own metric is asked for, by the minute", async () => {
  const asked: object[] = [];
  const Timestamps = [new Date(120_000), new Date(60_000)];
  const answer = { MetricDataResults: [{ StatusCode: "Complete", Timestamps, Values: [0.2, 0] }] };
  expect(await cloudWatchShares(cloudWatch(answer, asked), fleet)(0, 180_000)).toEqual([
    { atMs: 120_000, share: 0.2 },
    { atMs: 60_000, share: 0 },
  ]);
  expect(asked).toMatchObject([
    {
      StartTime: new Date(0),
      EndTime: new Date(180_000),
      MetricDataQueries: [
        {
          MetricStat: {
            Metric: { Namespace: "Fleet/shop/production", MetricName: "ServerErrorShare" },
            Period: 60,
            Stat: "Average",
          },
        },
      ],
    },
  ]);
});

test.each([{}, { MetricDataResults: [] }, { MetricDataResults: [{ StatusCode: "InternalError" }] }])(
  "an answer that is not whole is no answer: %j",
  async (answer) => {
    await expect(cloudWatchShares(cloudWatch(answer), fleet)(0, 1)).rejects.toThrow(/CloudWatch answered/);
  },
);

test("a local fleet is asked what the heartbeat asks on AWS", () => {
  const heartbeat = new URL("../../../stack-prometheus/heartbeat.sh", import.meta.url);
  expect(readFileSync(heartbeat, "utf8")).toContain(SHARE_QUERY);
});
