import type { RecordedDecision, StatusAnswer } from "@compose-fleet/wh-api";

const unread = { requestsPerSecond: null, meanSeconds: null };
const member = {
  zone: "a",
  up: true,
  lifecycle: "InService",
  draining: false,
  launchedAtMs: 0,
  cpuRatio: 0.1,
  arrivalsPerSecond: 10,
  completionsPerSecond: 10,
};

/** A fleet of one worker that serves and one that is not there yet. */
export const status: StatusAnswer = {
  fleet: { name: "demo", environment: "local" },
  hold: false,
  leader: { holder: "wh/1", isMe: true, fence: 1, mandate: "everything" },
  releases: null,
  startedAtMs: 0,
  blindSeconds: 1.5,
  lastTick: { number: 3, atMs: 1_000, tookMs: 5, metricsReadable: true, groupProblem: null },
  workers: {
    inService: 1,
    pending: 1,
    terminating: 0,
    aside: 0,
    draining: 0,
    groupDesired: 2,
    desired: 2,
    min: 1,
    max: 6,
    failedLaunches: 0,
    launchProblem: null,
    unread: [],
    busyWith: null,
    suspended: [],
  },
  services: { "service-a": { requestsPerSecond: 10, demand: 10, replicasReady: 3, replicasDesired: 5 } },
  members: [
    {
      ...member,
      id: "i-1",
      state: "in-service",
      services: { "service-a": { ...unread, replicasReady: 3, replicasDesired: 5 } },
    },
    {
      ...member,
      id: "i-2",
      state: "pending",
      services: { "service-a": { ...unread, replicasReady: 1, replicasDesired: null } },
    },
  ],
  targets: [],
  signals: [],
  lasting: [],
  overrides: [],
  limits: [],
  dryRun: { fleet: false, services: [] },
  receipts: [],
};

/** A scale-out from one worker to two, still under way. */
export const decision: RecordedDecision = {
  id: "1",
  tick: 1,
  atMs: 5,
  target: "workers",
  kind: "set-capacity",
  from: 1,
  to: 2,
  reason: { code: "load-needs-more", numbers: { demand: 200 } },
  text: "load",
  receipts: [],
};
