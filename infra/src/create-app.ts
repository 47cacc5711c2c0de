import type { FleetConfig } from "@compose-fleet/policy";
import { App } from "cdktf";
import { BootstrapStack } from "./stacks/bootstrap-stack.ts";
import { BudgetStack } from "./stacks/budget-stack.ts";
import { DnsStack } from "./stacks/dns-stack.ts";
import { FleetStack } from "./stacks/fleet-stack.ts";

/** All stacks of one fleet in one environment. Synthesizes nothing yet. */
export function createApp(config: FleetConfig, options: { readonly outdir?: string } = {}): App {
  const app = new App(options);
  new BootstrapStack(app, config);
  new FleetStack(app, config);
  new BudgetStack(app, config);
  if (config.dns) new DnsStack(app, config);
  return app;
}
