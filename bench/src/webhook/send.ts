import { Agent, request } from "node:http";

/** One request of a benchmark. */
export interface Shot {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The status of the answer, or the code of the error that came instead. */
export type Answer = { readonly status: number } | { readonly error: string };

/** Sends POSTs over kept connections to one loopback address. */
export interface Sender {
  send(shot: Shot): Promise<Answer>;
  close(): void;
}

const TIMEOUT_MS = 10_000;

/** A sender with at most `connections` at once; what is more waits. */
export function createSender(url: string, connections: number): Sender {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    send: ({ path, headers, body }) =>
      new Promise((resolve) => {
        const outgoing = request(
          {
            agent,
            hostname,
            port,
            path,
            method: "POST",
            timeout: TIMEOUT_MS,
            headers: { ...headers, "content-length": body.length },
          },
          (response) => {
            response.resume();
            response.on("end", () => resolve({ status: response.statusCode ?? 0 }));
            response.on("error", (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }));
          },
        );
        outgoing.on("timeout", () => outgoing.destroy(Object.assign(new Error("timeout"), { code: "timeout" })));
        outgoing.on("error", (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }));
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}
