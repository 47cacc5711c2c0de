interface Mistake {
  readonly name: string;
  readonly file: "scaling" | "people";
  readonly make: (text: string) => string;
  /** Names of the tests that have to notice; running these alone keeps the suite short. */
  readonly noticedBy: string;
}

/** Mistakes somebody could make, which the rule tests have to catch. */
export const MISTAKES: readonly Mistake[] = [
  {
    name: "a standby's loop counts for the leader's",
    file: "people",
    make: (text) => text.replace(" and on (instance) wh_leader == 1", ""),
    noticedBy: "loop of the leader stands still",
  },
  {
    name: "scaling is not joined on `up`",
    file: "scaling",
    make: dropUpJoin,
    noticedBy: "a killed worker's last series",
  },
  { name: "the others are not joined on `up`", file: "people", make: dropUpJoin, noticedBy: "a killed worker keeps" },
  {
    name: "HighRequestRate is turned round",
    file: "scaling",
    make: (text) => text.replace("> on (service)", "< on (service)"),
    noticedBy: "HighRequestRate fires",
  },
  {
    name: "thresholds are read as they are now",
    file: "scaling",
    make: (text) => text.replaceAll(/last_over_time\((fleet_policy_target\{[^}]*\})\[1h\]\)/g, "$1"),
    noticedBy: "thresholds outlast",
  },
  {
    name: "the replica limit is forgotten",
    file: "scaling",
    make: (text) => text.replace('kind="replicas_max"', 'kind="requests_per_replica_high"'),
    noticedBy: "no replica can be added",
  },
  {
    name: "a worker's share of a machine is forgotten",
    file: "scaling",
    make: (text) => text.replace("unless on (worker)", "or"),
    noticedBy: "never by the machine",
  },
  {
    name: "zero replicas divide",
    file: "scaling",
    make: (text) => text.replace("(fleet:replicas_ready > 0)", "fleet:replicas_ready"),
    noticedBy: "division by zero",
  },
  {
    name: "an unread log counts as no requests",
    file: "scaling",
    make: (text) => text.replace(/\n +and on \(worker\) sum by \(worker\) \(rate\(fleet_http[^\n]*/, ""),
    noticedBy: "a log that nobody reads",
  },
  {
    name: "latency is judged without a look at traffic",
    file: "people",
    make: (text) =>
      text.replace("[1m])) > 1\n          and on (worker) up", "[1m])) > 0\n          and on (worker) up"),
    noticedBy: "HighRequestLatency needs traffic",
  },
  {
    name: "a dead Alertmanager goes on failing",
    file: "people",
    make: (text) => text.replaceAll(/\n +and on \(instance\) up\{job="alertmanager"\} == 1/g, ""),
    noticedBy: "silent about a dead Alertmanager",
  },
  {
    name: "a number becomes a label",
    file: "scaling",
    make: (text) => text.replace("direction: up }", "direction: up, value: '{{ $value }}' }"),
    noticedBy: "HighRequestRate fires",
  },
];

function dropUpJoin(text: string): string {
  return text.replaceAll(/\s+and on \(worker\) up\{job="worker"\} == 1/g, "");
}
