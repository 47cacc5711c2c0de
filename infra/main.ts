import { FleetFileError, fileSystemSentence } from "@compose-fleet/files";
import { withAccount } from "./src/account/account.ts";
import { createApp } from "./src/create-app.ts";
import { lockProviders } from "./src/lock-providers.ts";
import { namedFleet } from "./src/named-fleet.ts";
import { readSynthRequest } from "./src/synth-request.ts";

try {
  // biome-ignore lint/style/noProcessEnv: composition root
  const request = readSynthRequest(process.env);
  if (typeof request === "string") refuse(request, 2);
  else {
    const config = withAccount(await namedFleet(request.fleetFile), request.account);
    const app = createApp(config, { bootstrapState: request.bootstrapState });
    app.synth();
    lockProviders(app.outdir, config);
  }
} catch (error) {
  const sentence = error instanceof Error ? fileSystemSentence(error) : undefined;
  if (error instanceof FleetFileError) refuse(error.message, error.exitCode);
  else if (sentence !== undefined) refuse(sentence, 1);
  else throw error;
}

function refuse(sentence: string, exitCode: number): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = exitCode;
}
