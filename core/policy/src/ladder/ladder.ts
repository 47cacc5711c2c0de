import type { Daring, Plan } from "../forecast/plan.ts";
import type { Waits } from "../wait/learned-wait.ts";
import type { Prices } from "../wait/wait-costs.ts";
import { type Member, memberAfter, memberUnwatched, newMember } from "./member.ts";
import { hpaAfter, type VirtualHpa, virtualHpa } from "./virtual-hpa.ts";

/** One way to size the group. */
export interface Rung {
  readonly name: string;
  readonly daring: Daring;
}

/** The first is the one to begin with. */
export const RUNGS: readonly [Rung, ...Rung[]] = [
  { name: "steady", daring: { fill: 1, fillNow: 0.97, deviations: 1.25 } },
  { name: "boldest", daring: { fill: 1, fillNow: 1, deviations: 0.5 } },
  { name: "bold", daring: { fill: 1, fillNow: 1, deviations: 0.9 } },
  { name: "careful", daring: { fill: 0.9, fillNow: 0.95, deviations: 1.5 } },
  { name: "most careful", daring: { fill: 0.8, fillNow: 0.85, deviations: 2 } },
];

/** How each way to size the group would have gone on this demand, and which of them is followed. A plain value of bounded size. */
export interface Ladder {
  readonly atMs: number;
  /** By rung. */
  readonly members: readonly Member[];
  readonly chosen: number;
  readonly chosenAtMs: number;
  /** How long it has been watched. */
  readonly watchedSeconds: number;
  readonly hpa: VirtualHpa;
  readonly hpaAtMs: number;
  /** Smoothed: workers that HPA would have paid for. */
  readonly hpaCost: number;
}

export interface LadderLook {
  readonly atMs: number;
  /** By rung; undefined where the demand cannot be read. */
  readonly plans: readonly Plan[] | undefined;
  /** Scale in only where what remains is filled below this share. */
  readonly scaleInShare: number;
  /** Workers whose load cannot be read. */
  readonly unread: number;
  readonly filled: number;
  /** Workers that there are, within bounds. */
  readonly workers: number;
  readonly min: number;
  readonly max: number;
  readonly bootSeconds: number;
}

export interface LadderSettings {
  readonly prices: Prices & { readonly lost: number };
  /** What may be paid, as a share of what HPA would have paid. */
  readonly budget: number;
}

const MEMORY_SECONDS = 4 * 86_400;
/** Before that the first rung is followed. */
const LEAST_SECONDS = 6 * 3600;
const CHOICE_MS = 300_000;
const HPA_MS = 15_000;
/** Ticks are not on a grid: a step may come this much early. */
const SLACK_MS = 2_500;
/** What was not watched for longer than this counts as this. */
const MOST_SECONDS = 60;
/** Another rung has to be better by this share. */
const HYSTERESIS = 0.03;

export function newLadder(workers: number, atMs: number): Ladder {
  return {
    atMs,
    members: RUNGS.map(() => newMember(workers, atMs)),
    chosen: 0,
    chosenAtMs: atMs,
    watchedSeconds: 0,
    hpa: virtualHpa(workers, atMs),
    hpaAtMs: atMs - HPA_MS,
    hpaCost: 0,
  };
}

/** The rung that is followed. */
export function rungOf({ chosen }: Pick<Ladder, "chosen">): Rung {
  return RUNGS[chosen] ?? RUNGS[0];
}

/** The waits of the rung that is followed. */
export function waitsOf({ members, chosen }: Ladder): Waits {
  return (members[chosen] ?? (members[0] as Member)).waits;
}

/** One look on. */
export function ladderAfter(before: Ladder, look: LadderLook, settings: LadderSettings): Ladder {
  const { atMs, plans } = look;
  if (plans === undefined)
    return {
      ...before,
      atMs,
      members: before.members.map((member) => memberUnwatched(member, atMs, look.max, settings.prices)),
    };
  const sinceLastSeconds = Math.min(MOST_SECONDS, Math.max(0, atMs - before.atMs) / 1000);
  const watchedSeconds = before.watchedSeconds + sinceLastSeconds;
  const memorySeconds = Math.min(MEMORY_SECONDS, watchedSeconds);
  const members = before.members.map((member, rung) => {
    const { needed, keep } = plans[rung] ?? (plans[0] as Plan);
    return memberAfter(
      member,
      {
        atMs,
        sinceLastSeconds,
        needed,
        keep: keep / look.scaleInShare + look.unread,
        filled: look.filled,
        min: look.min,
        max: look.max,
        bootSeconds: look.bootSeconds,
        memorySeconds,
      },
      settings.prices,
    );
  });
  const isHpaDue = atMs - before.hpaAtMs >= HPA_MS - SLACK_MS;
  const hpa = isHpaDue ? hpaAfter(before.hpa, look) : before.hpa;
  const share = memorySeconds > 0 ? Math.min(1, sinceLastSeconds / memorySeconds) : 1;
  return chosenAnew(
    {
      atMs,
      members,
      chosen: before.chosen,
      chosenAtMs: before.chosenAtMs,
      watchedSeconds,
      hpa,
      hpaAtMs: isHpaDue ? atMs : before.hpaAtMs,
      hpaCost: before.hpaCost + share * (hpa.fleet.workers - before.hpaCost),
    },
    settings.budget,
  );
}

/** Every five minutes: of those within the budget the one with the least loss, else the cheapest. */
function chosenAnew(ladder: Ladder, budget: number): Ladder {
  const { atMs, chosenAtMs, watchedSeconds } = ladder;
  if (watchedSeconds < LEAST_SECONDS || atMs - chosenAtMs < CHOICE_MS - SLACK_MS) return ladder;
  return { ...ladder, chosenAtMs: atMs, chosen: choice(ladder, budget) };
}

function choice({ members, chosen, hpaCost }: Ladder, budget: number): number {
  const least = (of: "cost" | "loss", among: readonly number[]) =>
    among.reduce((best, rung) => ((members[rung]?.[of] ?? 0) < (members[best]?.[of] ?? 0) ? rung : best));
  const all = members.map((_, rung) => rung);
  const affordable = all.filter((rung) => (members[rung]?.cost ?? 0) <= budget * hpaCost);
  if (affordable.length === 0) return least("cost", all);
  const best = least("loss", affordable);
  if (!affordable.includes(chosen)) return best;
  const isBetter = (members[best]?.loss ?? 0) < (1 - HYSTERESIS) * (members[chosen]?.loss ?? 0);
  return isBetter ? best : chosen;
}
