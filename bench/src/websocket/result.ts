import type { CrowdCounts } from "./crowd.ts";

/** What `--json` writes. */
export interface WebSocketResult {
  readonly connections: number;
  /** Connections that ended while replicas were added; none may. */
  readonly endedAtScaleOut: number;
  readonly scaleIn: {
    /** Connections that leaving replicas held when it began. */
    readonly onLeaving: number;
    /** Of them, those that were told to leave before the replica went. */
    readonly told: number;
    /** Ended without a word, on whichever replica. */
    readonly lost: number;
    /** Ended although their replica stayed. */
    readonly onStaying: number;
    readonly reconnected: number;
    /** How long clients were away at most, and half of them, milliseconds; null where none was. Up to 2 s of it is their own wait. */
    readonly awayMsMax: number | null;
    readonly awayMsP50: number | null;
  };
  /** Attempts to connect that failed, all in all. */
  readonly refused: number;
  readonly openAtEnd: number;
}

/** What is counted at a scale-in, from counts before and after it, and connections by replica before it and after. */
export function scaleInResult(
  before: CrowdCounts,
  after: CrowdCounts,
  heldBefore: ReadonlyMap<string, number>,
  staying: ReadonlySet<string>,
): WebSocketResult["scaleIn"] {
  const ended = after.ended.slice(before.ended.length);
  const away = after.awayMs.slice(before.awayMs.length).sort((a, b) => a - b);
  const onLeaving = [...heldBefore].reduce((sum, [replica, count]) => sum + (staying.has(replica) ? 0 : count), 0);
  return {
    onLeaving,
    told: ended.filter(({ isTold }) => isTold).length,
    lost: ended.filter(({ isTold }) => !isTold).length,
    onStaying: ended.filter(({ replica }) => staying.has(replica)).length,
    reconnected: away.length,
    awayMsMax: away.at(-1) ?? null,
    awayMsP50: away[Math.floor(away.length / 2)] ?? null,
  };
}

/** Promises that a result breaks, in words; empty where all were kept. */
export function brokenPromises({ connections, endedAtScaleOut, scaleIn, openAtEnd }: WebSocketResult): string[] {
  const { onLeaving, told, lost, onStaying, reconnected } = scaleIn;
  return [
    ...(endedAtScaleOut > 0 ? [`${endedAtScaleOut} connections ended while replicas were added`] : []),
    ...(onLeaving === 0 ? ["no connection was on a replica that left: nothing was shown"] : []),
    ...(lost > 0 ? [`${lost} connections ended without a word`] : []),
    ...(onStaying > 0 ? [`${onStaying} connections ended on replicas that stayed`] : []),
    ...(told < onLeaving ? [`${told} of ${onLeaving} connections of leaving replicas were told to leave`] : []),
    ...(reconnected < told ? [`${reconnected} of ${told} clients came back`] : []),
    ...(openAtEnd < connections ? [`${openAtEnd} of ${connections} connections are open at the end`] : []),
  ];
}
