import { durationText } from "./format.ts";
import { type PageState, serverNow } from "./page-state.ts";

/** Something that whoever looks has to know before they believe the rest. */
export interface Notice {
  readonly key: string;
  readonly weight: "alarm" | "warning" | "note";
  readonly text: string;
}

const SILENT_MS = 15_000;
/** Ticks are 15 s apart at most by default; a fleet file may say up to minutes. */
const OLD_TICK_MS = 90_000;
const SKEW_MS = 60_000;
/** The fleet is built with this process suspended, for good: it ends workers that nobody has drained. */
const AS_BUILT = "AZRebalance";

/** Everything that is not as it should be, the worst first. `pageMs` is the page's clock, `build` the page's own. */
export function noticesOf(state: PageState, pageMs: number, build: string): readonly Notice[] {
  const { link, look } = state;
  const nowMs = serverNow(state, pageMs);
  const notices: Notice[] = [];
  const say = (weight: Notice["weight"], key: string, text: string) => notices.push({ weight, key, text });

  const silentMs = state.heard ? pageMs - state.heard.pageMs : 0;
  const isSilent = link.kind === "lost" || silentMs > SILENT_MS;
  if (look && isSilent && link.kind !== "signed-out") {
    const why = link.kind === "lost" ? ` (${link.problem})` : "";
    say(
      "alarm",
      "silent",
      `The scaler has not answered for ${durationText(silentMs)}${why}. What is shown is as old. This page keeps trying.`,
    );
  } else if (link.kind === "lost")
    say("alarm", "lost", `The scaler does not answer: ${link.problem}. This page keeps trying.`);
  if (look && link.kind === "signed-out")
    say("warning", "signed-out", "The session has ended. What is shown is what was seen last: sign in again.");
  if (!look || nowMs === undefined) return notices;

  const { dryRun, hold, lasting, lastTick, leader, workers } = look.status;
  if (lastTick === null) say("note", "starting", "The scaler has started and not looked at the fleet yet.");
  else {
    const ageMs = nowMs - lastTick.atMs;
    if (!isSilent && ageMs > OLD_TICK_MS)
      say(
        "alarm",
        "old-tick",
        `The scaler's last look at the fleet was ${durationText(ageMs)} ago: its loop stands still.`,
      );
    if (!lastTick.metricsReadable)
      say(
        "alarm",
        "blind",
        "Blind: Prometheus cannot be read. The scaler ends nobody, and adds only what alerts ask for.",
      );
    if (lastTick.groupProblem !== null)
      say("alarm", "group", `The worker group cannot be read: ${lastTick.groupProblem}`);
  }
  if (leader.mandate === "nothing")
    say(
      "note",
      "standby",
      `This scaler stands by: ${leader.holder ?? "nobody"} leads. It decides the same and does nothing.`,
    );
  if (leader.mandate === "scale-out")
    say("warning", "scale-out", "The state table cannot be reached: until it can, this scaler only adds.");
  if (hold || dryRun.fleet) say("warning", "hold", "A dry run: the scaler decides and does nothing.");
  else if (dryRun.services.length > 0)
    say("note", "dry-run", `A dry run of ${dryRun.services.join(", ")}: decided and said, and never done.`);
  if (workers?.busyWith) say("note", "busy", `${workers.busyWith} is under way: no worker is ended meanwhile.`);
  const suspended = (workers?.suspended ?? []).filter((process) => process !== AS_BUILT);
  if (suspended.length > 0) say("warning", "suspended", `The group is told not to carry out: ${suspended.join(", ")}.`);
  for (const { problem, what } of workers?.unread ?? [])
    say("warning", `unread ${what}`, `${what} cannot be read: ${problem}`);
  for (const { key, sinceMs, text } of lasting)
    say("warning", `lasting ${key}`, `${text} (for ${durationText(nowMs - sinceMs)})`);
  if (Math.abs(state.skewMs) > SKEW_MS)
    say(
      "note",
      "skew",
      `This machine's clock is ${durationText(Math.abs(state.skewMs))} ${state.skewMs > 0 ? "behind" : "ahead of"} the scaler's. Times and countdowns here go by the scaler's.`,
    );
  if (look.console !== null && look.console !== build)
    say("note", "build", "The scaler has been released since this page was opened: reload it.");
  return notices.sort((a, b) => WEIGHTS.indexOf(a.weight) - WEIGHTS.indexOf(b.weight));
}

const WEIGHTS: readonly Notice["weight"][] = ["alarm", "warning", "note"];
