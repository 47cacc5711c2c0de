import type { Server } from "node:http";
import { listenOnSocket } from "../sockets/listen-on-socket.ts";
import { createFakeTelegram, type FakeTelegram } from "./fake-telegram.ts";
import { createOutsideServer } from "./outside-server.ts";
import { createQueryGate, type QueryGate } from "./query-gate.ts";

/** What stands for the world outside AWS, listening. */
export interface Outside {
  readonly telegram: FakeTelegram;
  readonly gate: QueryGate;
  readonly server: Server;
}

/** Starts it on a Unix socket that the monitoring stack reaches through the `aws` container. Rejects when the path is taken. */
export async function startOutside(options: {
  readonly socket: string;
  readonly telegramToken: string;
  readonly prometheusPort: number;
  readonly now: () => number;
}): Promise<Outside> {
  const telegram = createFakeTelegram(options.telegramToken, options.now);
  const gate = createQueryGate(options.prometheusPort);
  const server = createOutsideServer({ telegram, gate });
  await listenOnSocket(server, options.socket, 0o666);
  return { telegram, gate, server };
}
