import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { controlSocket } from "../control/control-client.ts";
import { localFolders } from "./folders.ts";

/** For tests: the folder of a project in which a local fleet says that it runs, with one worker, i-1. Nothing does. Call `close` at the end. */
export async function fakeLocalFleet(
  name: string,
  fleetFile: string,
): Promise<{ readonly root: string; close(): void }> {
  const root = mkdtempSync(join(tmpdir(), "fake-fleet-"));
  const { stateDir, fleetFile: own } = localFolders(root, name);
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(own, fleetFile);
  const apiToken = join(stateDir, "api_token");
  writeFileSync(apiToken, "token");
  const status = {
    name,
    environment: "local",
    state: "ready",
    workers: [{ id: "i-1", state: "running", target: "healthy" }],
    endpoints: { balancer: "http://127.0.0.1:9", wh: "http://127.0.0.1:9", whStandby: "http://127.0.0.1:9" },
    secretFiles: { apiToken },
    releases: { running: [] },
    containers: { monitoringProject: `${name}-monitoring` },
    problems: [],
  };
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify(status));
  });
  await new Promise<void>((resolve) => server.listen(controlSocket(stateDir), resolve));
  return {
    root,
    close: () => {
      server.closeAllConnections();
      server.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
