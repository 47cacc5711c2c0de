import { isIPv6, type Socket } from "node:net";
import { buildConnector, Client, type Dispatcher } from "undici";
import type { ConnectionId } from "./messages.ts";
import type { Outcome } from "./stats.ts";

/** Sends requests, each on a connection of its own for as long as it takes. */
export interface Connections {
  /** Number of requests under way. */
  inFlight(): number;
  /** Sends one request that was due at `dueMs` (clock of `nowMs`); the outcome comes exactly once. */
  send(dueMs: number, done: (outcome: Outcome) => void): void;
  /** Fails what has been under way for longer than the timeout, and closes connections that nobody needs. */
  sweep(): void;
  close(): Promise<void>;
}

export interface ConnectionsOptions {
  readonly target: URL;
  readonly body: string;
  /** Default: POST. GET sends no body. */
  readonly method?: "GET" | "POST" | undefined;
  /** Default: the target's own. */
  readonly host?: string | undefined;
  readonly timeoutMs: number;
  /** Whether each connection begins with a header of the PROXY protocol. */
  readonly proxyProtocol: boolean;
  readonly nowMs: () => number;
  readonly epochMs: () => number;
}

interface Connection {
  readonly client: Client;
  /** Requests answered since the connection was opened: above 0, a close may be a keep-alive race. */
  answered: number;
  /** The socket that it has now; none while it is being opened. */
  id: ConnectionId | undefined;
  idleSinceMs: number;
}

interface UnderWay {
  readonly dueMs: number;
  controller?: Dispatcher.DispatchController;
  timedOut: boolean;
}

// Below undici's own 4 s, so that at a low rate the load concentrates on connections that stay in use.
const idleMs = 2_000;

/**
 * Many users with keep-alive: the connection that has been idle longest is used next, which spreads the load over all of them.
 * Undici honours `Connection: close` and never resends a POST.
 */
export function createConnections(options: ConnectionsOptions): Connections {
  const { target, body, method = "POST", host, timeoutMs, nowMs, epochMs } = options;
  let idle: Connection[] = [];
  let idleHead = 0;
  const open = new Set<Connection>();
  // In order of sending, hence of due time: the sweep looks at the oldest only.
  const underWay = new Set<UnderWay>();
  const openSocket = buildConnector({ timeout: timeoutMs });
  const request: Dispatcher.DispatchOptions = {
    method,
    path: `${target.pathname}${target.search}`,
    headers: { ...(method === "POST" && { "content-type": "text/plain" }), ...(host !== undefined && { host }) },
    ...(method === "POST" && { body }),
  };

  function connect(): Connection {
    const client = new Client(target.origin, {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (where, callback) => {
        connection.id = undefined;
        openSocket(where, (...[error, socket]) => {
          if (error !== null) return callback(error, null);
          connection.answered = 0;
          connection.id = { localPort: socket.localPort ?? 0, openedAtMs: epochMs() };
          if (options.proxyProtocol) socket.write(proxyHeader(socket));
          callback(null, socket);
        });
      },
    });
    const connection: Connection = { client, answered: 0, id: undefined, idleSinceMs: 0 };
    // A connection may fail while nobody waits for it; the next request then opens it again.
    client.on("disconnect", () => {});
    client.on("connectionError", () => {});
    open.add(connection);
    return connection;
  }

  function takeIdle(): Connection | undefined {
    const connection = idle[idleHead];
    if (connection === undefined) return undefined;
    idleHead += 1;
    if (idleHead > 1024) {
      idle = idle.slice(idleHead);
      idleHead = 0;
    }
    return connection;
  }

  return {
    inFlight: () => underWay.size,
    send: (dueMs, done) => {
      const connection = takeIdle() ?? connect();
      const entry: UnderWay = { dueMs, timedOut: false };
      underWay.add(entry);
      let statusCode = 0;
      const end = (outcome: Outcome) => {
        if (!underWay.delete(entry)) return;
        connection.idleSinceMs = nowMs();
        idle.push(connection);
        done(outcome);
      };
      connection.client.dispatch(request, {
        onRequestStart: (controller) => {
          entry.controller = controller;
          if (entry.timedOut) controller.abort(new Error("timeout"));
        },
        onResponseStart: (_controller, status) => {
          statusCode = status;
        },
        onResponseData: () => {},
        onResponseEnd: () => {
          connection.answered += 1;
          if (statusCode >= 200 && statusCode < 400) end({ ok: true, latencyMs: nowMs() - dueMs });
          else end({ ok: false, cause: String(statusCode), keepAliveRace: false, ...carriedBy(connection) });
        },
        onResponseError: (_controller, error) => {
          const cause = entry.timedOut ? "timeout" : causeOf(error);
          const closed = cause === "UND_ERR_SOCKET" || cause === "ECONNRESET" || cause === "EPIPE";
          end({
            ok: false,
            cause,
            keepAliveRace: closed && statusCode === 0 && connection.answered > 0,
            ...carriedBy(connection),
          });
        },
      });
    },
    sweep: () => {
      const now = nowMs();
      for (const entry of underWay) {
        if (now - entry.dueMs < timeoutMs) break;
        entry.timedOut = true;
        entry.controller?.abort(new Error("timeout"));
      }
      while ((idle[idleHead]?.idleSinceMs ?? now) < now - idleMs) {
        const connection = takeIdle();
        if (connection === undefined) break;
        open.delete(connection);
        connection.client.close().catch(() => {});
      }
    },
    close: async () => {
      await Promise.all([...open].map((connection) => connection.client.destroy()));
      open.clear();
    },
  };
}

function carriedBy({ id }: Connection): { readonly connection?: ConnectionId } {
  return id === undefined ? {} : { connection: id };
}

/** Version 1 of the PROXY protocol: who speaks to whom, in one line before everything else. */
function proxyHeader({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  const family = isIPv6(localAddress ?? "") ? "TCP6" : "TCP4";
  return `PROXY ${family} ${localAddress} ${remoteAddress} ${localPort} ${remotePort}\r\n`;
}

function causeOf(error: Error): string {
  const { code, cause } = error as Error & { readonly code?: unknown };
  if (typeof code === "string") return code;
  return cause instanceof Error ? causeOf(cause) : error.name;
}
