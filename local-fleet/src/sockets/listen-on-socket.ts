import { chmod } from "node:fs/promises";
import type { Server } from "node:http";

/** Listens on a Unix socket that containers run by other users may open too. Rejects when the path is taken. */
export async function listenOnSocket(server: Server, path: string, mode: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
  await chmod(path, mode);
}
