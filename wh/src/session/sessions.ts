import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../runtime/clock.ts";

const LASTS_MS = 12 * 3_600_000;
/** Sessions that were ended before their time and are remembered until then. */
const MOST_ENDED = 1_000;

/** Sessions of the console, got with the API's token. */
export interface Sessions {
  start(): { readonly value: string; readonly expiresAtMs: number };
  /** Whether the value is of a session that was started with the present token and has not ended. */
  isValid(value: string): boolean;
  end(value: string): void;
}

/**
 * A session's value is `END.ID.MAC`, its MAC made with a key from the API's token. So both scalers know it, it outlives a restart, and a
 * new token ends it. It says nothing of the token.
 */
export function createSessions(deps: {
  readonly token: string;
  readonly clock: Pick<Clock, "nowMs">;
  readonly newId: () => string;
}): Sessions {
  const { clock } = deps;
  const key = createHmac("sha256", deps.token).update("fleet console session").digest();
  const macOf = (text: string) => createHmac("sha256", key).update(text).digest("base64url");
  const ended = new Map<string, number>();

  const endOf = (value: string): number | undefined => {
    const [, text, end, mac] = /^((\d{1,16})\.[\w-]{1,64})\.([\w-]{43})$/.exec(value) ?? [];
    if (text === undefined || end === undefined || mac === undefined) return undefined;
    return timingSafeEqual(Buffer.from(macOf(text)), Buffer.from(mac)) ? Number(end) : undefined;
  };
  return {
    start: () => {
      const expiresAtMs = clock.nowMs() + LASTS_MS;
      const text = `${expiresAtMs}.${deps.newId()}`;
      return { value: `${text}.${macOf(text)}`, expiresAtMs };
    },
    isValid: (value) => {
      const end = endOf(value);
      return end !== undefined && end > clock.nowMs() && !ended.has(value);
    },
    end: (value) => {
      const end = endOf(value);
      if (end === undefined) return;
      for (const [old, oldEnd] of ended) if (oldEnd <= clock.nowMs() || ended.size >= MOST_ENDED) ended.delete(old);
      ended.set(value, end);
    },
  };
}
