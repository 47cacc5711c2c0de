import type { FleetConfig } from "@compose-fleet/fleet";
import type { StatusAnswer } from "@compose-fleet/wh-api";
import type { TickResult } from "../loop/tick-result.ts";
import type { MetricsReader } from "../observe/metrics-reader.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Views } from "../views/views.ts";
import type { ConsoleFiles } from "./console-files.ts";
import { createFeed, type Feed } from "./feed.ts";
import { createLooks, type Looks } from "./looks.ts";
import { createTraffic } from "./traffic.ts";
import { createTrend } from "./trend.ts";

/** What the console is served with. */
export interface Console {
  readonly files: ConsoleFiles | undefined;
  readonly looks: Looks;
  readonly feed: Feed;
  readonly onTick: (result: TickResult) => void;
}

export interface ConsoleDeps {
  readonly config: FleetConfig;
  readonly files: ConsoleFiles | undefined;
  readonly clock: Clock;
  readonly metrics: MetricsReader;
  readonly live: {
    readonly views: Pick<Views, "changes">;
    readonly status: () => Promise<StatusAnswer>;
    readonly lastTick: () => TickResult | undefined;
  };
}

/** Puts the console's side of the scaler together. It hears of ticks, and holds none up. */
export function createConsole({ config, files, clock, metrics, live }: ConsoleDeps): Console {
  const trend = createTrend(config);
  const traffic = createTraffic(metrics, clock);
  const looks = createLooks({ config, clock, ...live, trend, traffic, build: files?.build ?? null });
  const feed = createFeed({ clock, look: looks.look, refresh: traffic.refresh });
  return {
    files,
    looks,
    feed,
    onTick: (result) => {
      trend.onTick(result);
      feed.changed();
    },
  };
}
