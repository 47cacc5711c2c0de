import { decisionText, type RecordedDecision, type StatusAnswer } from "@compose-fleet/wh-api";
import { limitText } from "../override/limit-text.ts";
import { span } from "./ago.ts";
import { cutTo, fittingTable, wrapTo } from "./fitting-table.ts";
import { suspendedByOthers } from "./suspended.ts";

/** What a status is drawn from. */
export interface StatusView {
  /** Which fleet, and where. */
  readonly words: string;
  readonly status: StatusAnswer;
  /** Changes, newest first. */
  readonly decisions: readonly RecordedDecision[];
  readonly nowMs: number;
  /** Width of the terminal, characters. */
  readonly columns: number;
}

/** A part of the screen: its lines, none where there is nothing to say. */
type Section = (view: StatusView) => readonly string[];

/** The screen, from top to bottom. */
const sections: readonly Section[] = [
  head,
  group,
  leader,
  troubles,
  limits,
  releases,
  signals,
  services,
  members,
  decisions,
];

/** `fleet status` for people, no line wider than the terminal. */
export function statusLines(view: StatusView): string[] {
  return sections.flatMap((section) => section(view).map((line) => cutTo(line, view.columns)));
}

function head({ words, status, nowMs, columns }: StatusView): string[] {
  const { lastTick } = status;
  const tick = lastTick === null ? "no tick yet" : `tick ${lastTick.number}, ${span(nowMs - lastTick.atMs)} ago`;
  return wrapTo(`${words}: ${tick}${status.hold ? "; held: decides, does nothing" : ""}`, columns);
}

function group({ status: { workers, lastTick }, columns }: StatusView): string[] {
  if (workers === null)
    return wrapTo(`The group cannot be read${lastTick?.groupProblem ? `: ${lastTick.groupProblem}` : ""}.`, columns);
  const counts = [
    `${workers.inService - workers.draining} serve`,
    ...(workers.draining > 0 ? [`${workers.draining} drain`] : []),
    ...(workers.pending > 0 ? [`${workers.pending} boot`] : []),
    ...(workers.terminating > 0 ? [`${workers.terminating} end`] : []),
    ...(workers.aside > 0 ? [`${workers.aside} aside`] : []),
  ];
  return wrapTo(
    `workers ${counts.join(", ")}; ${workers.groupDesired} wanted (${workers.min} to ${workers.max})`,
    columns,
  );
}

function leader({ status: { leader: view }, columns }: StatusView): string[] {
  const holder = view.holder?.replace(/\/.*$/, "") ?? "nobody known";
  const may = { everything: "", "scale-out": ", may only scale out", nothing: ", does not act" }[view.mandate];
  return wrapTo(`leads   ${holder}${view.isMe ? may : "; the scaler that answers stands by"}`, columns);
}

function troubles({ status, nowMs, columns }: StatusView): string[] {
  const { workers, blindSeconds, lasting } = status;
  const suspended = suspendedByOthers(workers?.suspended ?? []);
  return [
    ...(blindSeconds > 0 ? [`blind for ${span(blindSeconds * 1000)}: what it measures does not arrive`] : []),
    ...(workers?.launchProblem ? [`${workers.failedLaunches} launches failed: ${workers.launchProblem}`] : []),
    ...(suspended.length > 0 ? [`suspended in the group: ${suspended.join(", ")}`] : []),
    ...(workers?.unread ?? []).map(({ what, problem }) => `unread: ${what}: ${problem}`),
    ...lasting.map(({ text, sinceMs }) => `for ${span(nowMs - sinceMs)}: ${text}`),
  ].flatMap((text) => wrapTo(`! ${text}`, columns));
}

function limits({ status, columns }: StatusView): string[] {
  const { limits: narrowed, dryRun } = status;
  const tried = [...(dryRun.fleet ? ["the whole fleet"] : []), ...dryRun.services];
  return [
    ...narrowed.flatMap((limit) => wrapTo(`limit   ${limitText(limit)}`, columns)),
    ...(tried.length === 0 ? [] : wrapTo(`dry run ${tried.join(", ")}: decided and told, not done`, columns)),
  ];
}

function releases({ status: { releases: pull, workers }, columns }: StatusView): string[] {
  return [
    ...(workers?.busyWith ? wrapTo(`release ${workers.busyWith}`, columns) : []),
    ...(pull === null
      ? []
      : wrapTo(
          `follows ${pull.branch}: ${pull.state}${pull.revision === null ? "" : `, ${pull.revision}`}${pull.lastError === null ? "" : `; ${pull.lastError}`}`,
          columns,
        )),
  ];
}

function signals({ status, columns }: StatusView): string[] {
  return status.signals.flatMap(({ name, kind, scale, direction, service, worker }) =>
    wrapTo(
      `${kind} ${name}: ${scale} ${direction}${service === undefined ? "" : `, ${service}`}${worker === undefined ? "" : ` on ${worker}`}`,
      columns,
    ),
  );
}

function services({ status, columns }: StatusView): string[] {
  return [
    "",
    ...fittingTable(
      [
        { title: "SERVICE", of: ([name]) => name, drop: 0 },
        { title: "REQ/S", of: ([, seen]) => rate(seen.requestsPerSecond), drop: 0, right: true },
        { title: "DEMAND", of: ([, seen]) => rate(seen.demand), drop: 1, right: true },
        {
          title: "REPLICAS",
          of: ([, seen]) => ofWanted(seen.replicasReady, seen.replicasDesired),
          drop: 0,
          right: true,
        },
      ],
      Object.entries(status.services),
      columns,
    ),
  ];
}

function members({ status, nowMs, columns }: StatusView): string[] {
  if (status.members.length === 0) return [];
  return [
    "",
    ...fittingTable(
      [
        { title: "WORKER", of: ({ id }) => id, drop: 0 },
        { title: "ZONE", of: ({ zone }) => zone, drop: 4 },
        {
          title: "STATE",
          of: ({ state, draining, lifecycle }) => (draining ? "drains" : (lifecycle ?? state)),
          drop: 2,
        },
        { title: "AGE", of: ({ launchedAtMs }) => span(nowMs - launchedAtMs), drop: 5, right: true },
        {
          title: "CPU",
          of: ({ cpuRatio }) => (cpuRatio === null ? "?" : `${Math.round(cpuRatio * 100)}%`),
          drop: 1,
          right: true,
        },
        { title: "REQ/S", of: ({ completionsPerSecond }) => rate(completionsPerSecond), drop: 3, right: true },
        {
          title: "REPLICAS",
          of: ({ services: seen }) =>
            Object.entries(seen)
              .map(
                ([name, { replicasReady, replicasDesired }]) => `${name} ${ofWanted(replicasReady, replicasDesired)}`,
              )
              .join(", "),
          drop: 0,
        },
      ],
      status.members,
      columns,
    ),
  ];
}

function decisions({ decisions: last, nowMs, columns }: StatusView): string[] {
  if (last.length === 0) return [];
  return [
    "",
    ...last.flatMap((decision) => wrapTo(`${span(nowMs - decision.atMs)} ago  ${decisionText(decision)}`, columns)),
  ];
}

/** What could not be read is unknown, and not zero. */
function rate(value: number | null): string {
  if (value === null) return "?";
  return value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

function ofWanted(ready: number | null, desired: number | null): string {
  return `${ready ?? "?"}/${desired ?? "?"}`;
}
