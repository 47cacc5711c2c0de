import { withAccount } from "./src/account.ts";
import { createApp } from "./src/create-app.ts";
import { FleetFileError, loadFleetFile } from "./src/load-fleet-file.ts";
import { lockProviders } from "./src/lock-providers.ts";

// biome-ignore lint/style/noProcessEnv: composition root
const { FLEET_FILE = "fleet.yaml", FLEET_ACCOUNT, BOOTSTRAP_STATE } = process.env;
try {
  const config = withAccount(loadFleetFile(FLEET_FILE), FLEET_ACCOUNT || undefined);
  const app = createApp(config, { bootstrapState: BOOTSTRAP_STATE === "local" ? "local" : "bucket" });
  app.synth();
  lockProviders(app.outdir, config);
} catch (error) {
  if (!(error instanceof FleetFileError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
