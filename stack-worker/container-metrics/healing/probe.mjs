import { request } from "node:http";

/** Longer than it takes to call a replica silent. */
const TIMEOUT_MS = 4_000;

/** Asks one replica for the head of its service's path, on a connection of its own. Whatever it answers is an answer, also what is no HTTP; false when there is none. */
export function probe({ address, port, path, service }) {
  return new Promise((resolve) => {
    const req = request(
      {
        host: address,
        port,
        path,
        method: "HEAD",
        agent: false,
        timeout: TIMEOUT_MS,
        headers: { host: service, connection: "close" },
      },
      (res) => {
        res.resume();
        resolve(true);
      },
    );
    const limit = setTimeout(() => req.destroy(new Error("no answer")), TIMEOUT_MS);
    req.on("error", (error) => resolve(String(error.code).startsWith("HPE_")));
    req.on("close", () => {
      clearTimeout(limit);
      resolve(false);
    });
    req.end();
  });
}
