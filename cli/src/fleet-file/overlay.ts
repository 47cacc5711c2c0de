import type { FleetDocument } from "@compose-fleet/fleet";

/** A fleet file as a local fleet runs it. */
export interface Overlaid {
  readonly document: FleetDocument;
  /** What is not as the file says, in words; empty where it runs as it is. */
  readonly changes: readonly string[];
}

/** The environment whose fleet files are written for a machine like this one. */
const LOCAL = "local";

/** What needs an AWS account, a name of one's own or other people; a local fleet runs without. */
const OF_PRODUCTION = ["tls", "dns", "notify", "budget", "deploy", "releases"] as const;

/** Timings with which everything happens within a minute or two: fleet.demo.yaml's. docs/cli.md lists them. */
export const localScaling = {
  headroom: 0.65,
  loop: { activeSeconds: 1, idleSeconds: 2 },
  metrics: { scrapeSeconds: 1, rateWindowSeconds: 5, maxAgeSeconds: 15, discoverySeconds: 5, alertRepeatSeconds: 5 },
  replicas: { scaleInWindowSeconds: 45 },
  workers: {
    demandWindowSeconds: 10,
    scaleInWindowSeconds: 60,
    bootSeconds: 90,
    failedLaunchWaitSeconds: 30,
    unhealthySeconds: 15,
  },
  drain: { quietSeconds: 5, deadlineSeconds: 60 },
} as const;

/** What a secret is on this machine where nobody gave it a value. */
const MADE_UP = "test";

/**
 * Lays what differs on one machine over a fleet file: its environment and timings, nothing of production's surroundings, secrets as test values
 * (`secretOf`, else "test"). A file of the environment local keeps all but its secrets. Faults of the file stay in it for who checks it.
 */
export function localOverlay(document: FleetDocument, secretOf: (name: string) => string | undefined): Overlaid {
  const { services, changes } = withoutSecrets(document.services, secretOf);
  const own = { ...document, ...(services === undefined ? {} : { services }) };
  if (document.environment === LOCAL) return { document: own, changes };
  const left = OF_PRODUCTION.filter((key) => document[key] !== undefined);
  const kept = Object.fromEntries(Object.entries(own).filter(([key]) => !left.some((each) => each === key)));
  return {
    document: { ...kept, environment: LOCAL, scaling: merge(document.scaling, localScaling) },
    changes: [
      "environment local, short timings",
      ...(left.length === 0 ? [] : [`without ${left.join(", ")}`]),
      ...changes,
    ],
  };
}

/** Secrets become variables with test values: the emulated Parameter Store has none. */
function withoutSecrets(services: unknown, secretOf: (name: string) => string | undefined) {
  if (!isRecord(services)) return { services: undefined, changes: [] };
  const changes = new Set<string>();
  const entries = Object.entries(services).map(([name, service]) => {
    if (!isRecord(service) || !Array.isArray(service.secrets)) return [name, service] as const;
    const { secrets, environment, ...others } = service;
    const values = secrets.map((secret) => {
      const value = secretOf(String(secret));
      changes.add(value === undefined ? `${secret} is "${MADE_UP}"` : `${secret} comes from LOCAL_${secret}`);
      return [String(secret), value ?? MADE_UP] as const;
    });
    const own = isRecord(environment) ? environment : {};
    return [name, { ...others, environment: { ...own, ...Object.fromEntries(values) } }] as const;
  });
  return { services: Object.fromEntries(entries), changes: [...changes] };
}

function merge(below: unknown, above: unknown): unknown {
  if (!isRecord(above) || !isRecord(below)) return above;
  const keys = [...new Set([...Object.keys(below), ...Object.keys(above)])];
  return Object.fromEntries(keys.map((key) => [key, key in above ? merge(below[key], above[key]) : below[key]]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
