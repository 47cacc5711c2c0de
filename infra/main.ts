import { createApp } from "./src/create-app.ts";
import { FleetFileError, loadFleetFile } from "./src/load-fleet-file.ts";

try {
  // biome-ignore lint/style/noProcessEnv: composition root
  createApp(loadFleetFile(process.env.FLEET_FILE ?? "fleet.yaml")).synth();
} catch (error) {
  if (!(error instanceof FleetFileError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
