import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "undici";

/** How a connection ended that its client did not end itself. */
interface Ended {
  /** The replica that held it. */
  readonly replica: string;
  /** Whether the service told the client to leave before it went (code 1001). */
  readonly isTold: boolean;
}

/** What has happened to the connections so far. */
export interface CrowdCounts {
  readonly open: number;
  readonly ended: readonly Ended[];
  /** How long clients were without a connection until they had another one, milliseconds. */
  readonly awayMs: readonly number[];
  /** Attempts to connect that failed. */
  readonly refused: number;
}

/** Clients that each keep one WebSocket, and connect again when it ends. */
export interface Crowd {
  /** Connects this many more, some a second. */
  join(clients: number): Promise<void>;
  /** Has this many leave by themselves, and come back. */
  move(clients: number): Promise<void>;
  counts(): CrowdCounts;
  /** Open connections, by replica. */
  byReplica(): ReadonlyMap<string, number>;
  leave(): void;
}

const JOIN_PER_SECOND = 100;
const GOING_AWAY = 1001;
/** A client waits for up to this before it connects again, so that not all come at once, milliseconds. */
const BACK_WITHIN_MS = 2_000;

interface Client {
  socket: WebSocket | undefined;
  replica: string | undefined;
  /** When its connection ended; undefined while it has one, or never had. */
  awaySinceMs: number | undefined;
  isMoving: boolean;
}

/** A crowd at this address (ws://…). Times are by `nowMs`, chance by `random`. */
export function createCrowd(url: string, { nowMs, random }: { nowMs: () => number; random: () => number }): Crowd {
  const clients: Client[] = [];
  const ended: Ended[] = [];
  const awayMs: number[] = [];
  let refused = 0;
  let isOver = false;

  const comeBack = (client: Client) => {
    if (!isOver) setTimeout(() => connect(client), random() * BACK_WITHIN_MS);
  };
  function connect(client: Client): void {
    if (isOver) return;
    const socket = new WebSocket(url);
    client.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      client.replica = String(data);
      if (client.awaySinceMs !== undefined) awayMs.push(nowMs() - client.awaySinceMs);
      client.awaySinceMs = undefined;
    });
    socket.addEventListener("error", () => {});
    socket.addEventListener("close", ({ code }) => {
      if (isOver) return;
      if (client.replica === undefined) refused += 1;
      else if (!client.isMoving) {
        ended.push({ replica: client.replica, isTold: code === GOING_AWAY });
        client.awaySinceMs = nowMs();
      }
      client.replica = undefined;
      client.isMoving = false;
      comeBack(client);
    });
  }
  const held = () => clients.filter(({ replica }) => replica !== undefined);

  return {
    join: async (count) => {
      for (let number = 0; number < count; number += 1) {
        const client: Client = { socket: undefined, replica: undefined, awaySinceMs: undefined, isMoving: false };
        clients.push(client);
        connect(client);
        await sleep(1_000 / JOIN_PER_SECOND);
      }
    },
    move: async (count) => {
      for (const client of held().slice(0, count)) {
        client.isMoving = true;
        client.socket?.close(1000);
        await sleep(1_000 / JOIN_PER_SECOND);
      }
    },
    counts: () => ({ open: held().length, ended: [...ended], awayMs: [...awayMs], refused }),
    byReplica: () => {
      const counts = new Map<string, number>();
      for (const { replica = "" } of held()) counts.set(replica, (counts.get(replica) ?? 0) + 1);
      return counts;
    },
    leave: () => {
      isOver = true;
      for (const { socket } of clients) socket?.close();
    },
  };
}
