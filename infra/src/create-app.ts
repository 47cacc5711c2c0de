import type { FleetConfig } from "@compose-fleet/fleet";
import { App, type AppConfig } from "cdktf";
import { BootstrapStack, type BootstrapState } from "./stacks/bootstrap-stack.ts";
import { BudgetStack } from "./stacks/budget-stack.ts";
import { DnsStack } from "./stacks/dns-stack.ts";
import { FleetStack } from "./stacks/fleet-stack.ts";
import { withoutTraces } from "./without-traces.ts";

export interface AppOptions extends Pick<AppConfig, "outdir"> {
  /** Where the bootstrap stack keeps its state; default in the bucket that it creates. */
  readonly bootstrapState?: BootstrapState;
}

/** All stacks of one fleet in one environment. Synthesizes nothing yet. */
export function createApp(config: FleetConfig, { bootstrapState, ...options }: AppOptions = {}): App {
  return withoutTraces(() => {
    const app = new App(options);
    new BootstrapStack(app, config, bootstrapState);
    new FleetStack(app, config);
    new BudgetStack(app, config);
    if (config.dns) new DnsStack(app, config, config.dns);
    return app;
  });
}
