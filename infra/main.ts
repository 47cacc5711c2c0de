import { FleetFileError } from "@compose-fleet/files";
import { withAccount } from "./src/account/account.ts";
import { createApp } from "./src/create-app.ts";
import { lockProviders } from "./src/lock-providers.ts";
import { namedFleet } from "./src/named-fleet.ts";

// biome-ignore lint/style/noProcessEnv: composition root
const { FLEET_FILE = "fleet.yaml", FLEET_ACCOUNT, BOOTSTRAP_STATE } = process.env;
try {
  const config = withAccount(await namedFleet(FLEET_FILE), FLEET_ACCOUNT || undefined);
  const app = createApp(config, { bootstrapState: BOOTSTRAP_STATE === "local" ? "local" : "bucket" });
  app.synth();
  lockProviders(app.outdir, config);
} catch (error) {
  if (!(error instanceof FleetFileError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
