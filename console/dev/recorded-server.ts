import { readdirSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type LookAnswer, paths } from "@compose-fleet/wh-api";

export interface RecordedServer {
  readonly url: string;
  /** Sends a look to everybody who watches. */
  send(look: LookAnswer): void;
  close(): Promise<void>;
}

/**
 * Serves a built console and looks that somebody made up, without a scaler: for looking at the page while it is written, and for measuring
 * it. Everybody is signed in. `latest` is the whole look that a page begins with.
 */
export async function startRecordedServer(options: {
  readonly folder: string;
  readonly port: number;
  readonly latest: () => LookAnswer;
}): Promise<RecordedServer> {
  const watching = new Set<ServerResponse>();
  const eventOf = (look: LookAnswer) => `event: look\ndata: ${JSON.stringify(look)}\n\n`;
  const files = new Map(readdirSync(options.folder).map((name) => [name, readFileSync(join(options.folder, name))]));
  const typeOf = (name: string) =>
    name.endsWith(".js") ? "text/javascript" : name.endsWith(".css") ? "text/css" : "text/html; charset=utf-8";

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://console");
    if (pathname === `${paths.api}${paths.look}`) {
      response.setHeader("content-type", "application/json").end(JSON.stringify(options.latest()));
    } else if (pathname === `${paths.api}${paths.stream}`) {
      response.writeHead(200, { "content-type": "text/event-stream" }).write(eventOf(options.latest()));
      watching.add(response);
      response.on("close", () => watching.delete(response));
    } else {
      const name = pathname === "/" ? "index.html" : pathname.replace("/console/", "");
      const bytes = files.get(name);
      response.writeHead(bytes ? 200 : 404, { "content-type": typeOf(name) }).end(bytes);
    }
  });
  await new Promise<void>((resolve) => server.listen(options.port, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    send: (look) => {
      const event = eventOf(look);
      for (const response of watching) response.write(event);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
