import { type CommandResult, tailOf } from "@compose-fleet/process";

/** What a program says when it is not to blame, and what to do then. The first that fits counts. */
const HINTS: readonly (readonly [pattern: RegExp, hint: (nowMs: number) => string])[] = [
  [
    /no space left on device|ENOSPC|enough free space|disk quota exceeded/i,
    () =>
      "A disk is full: make room (df -h shows which; docker system df; .fleet/cache may be removed), then try again.",
  ],
  [
    /certificate (has expired|is not yet valid|verification failed|verify failed)|CERT_(NOT_YET_VALID|HAS_EXPIRED)|x509: certificate|is not valid yet|is expired|invalid since/i,
    (nowMs) =>
      `This machine's clock says ${new Date(nowMs).toISOString().slice(0, 16)} UTC: where that is wrong, set it (timedatectl set-ntp true, or date -s), then try again.`,
  ],
  [
    /read-only file system|EROFS/i,
    () => "A file system is read-only: mount it for writing, or copy the project to one that is, then try again.",
  ],
];

/** What to do about a failure that these words tell of; undefined where they say it themselves. */
export function hintOf(words: string, nowMs: number): string | undefined {
  return HINTS.find(([pattern]) => pattern.test(words))?.[1](nowMs);
}

/** The last lines of a failed command and, where another is to blame, a sentence about that. */
export function explained(result: CommandResult, lines = 5, nowMs = Date.now()): string {
  const hint = hintOf(`${result.stderr}\n${result.stdout}`, nowMs);
  return hint === undefined ? tailOf(result, lines) : `${tailOf(result, lines)}\n${hint}`;
}
