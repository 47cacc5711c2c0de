import type { FleetDocument } from "@compose-fleet/fleet";

/** A fleet file as a local fleet runs it. */
export interface Overlaid {
  readonly document: FleetDocument;
  /** What is not as the file says, in words; empty where it runs as it is. */
  readonly changes: readonly string[];
  /** Values of the logins that services ask for, by the names of their secrets. */
  readonly logins: Readonly<Record<string, string>>;
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
/** The same for a login. */
const MADE_UP_LOGIN = "test:test";

/**
 * Lays what differs on one machine over a fleet file: its environment and timings, nothing of production's surroundings, secrets as test values
 * (`secretOf`, else what `local.environment` says, else "test"). A file of the environment local keeps all but its variables and secrets. Faults of the file stay in it for who checks it.
 */
export function localOverlay(document: FleetDocument, secretOf: (name: string) => string | undefined): Overlaid {
  const { services, changes, logins } = withLocalValues(document.services, secretOf, localEnvironment(document));
  const own = { ...document, ...(services === undefined ? {} : { services }) };
  if (document.environment === LOCAL) return { document: own, changes, logins };
  const left = OF_PRODUCTION.filter((key) => document[key] !== undefined);
  const kept = Object.fromEntries(Object.entries(own).filter(([key]) => !left.some((each) => each === key)));
  return {
    document: { ...kept, environment: LOCAL, scaling: merge(document.scaling, localScaling) },
    changes: [
      "environment local, short timings",
      ...(left.length === 0 ? [] : [`without ${left.join(", ")}`]),
      ...changes,
    ],
    logins,
  };
}

/** What the file itself says of variables on a local fleet. */
function localEnvironment({ local }: FleetDocument): Readonly<Record<string, unknown>> {
  return isRecord(local) && isRecord(local.environment) ? local.environment : {};
}

/** Variables as they are on this machine. Secrets become variables, too: the emulated Parameter Store has none. */
function withLocalValues(
  services: unknown,
  secretOf: (name: string) => string | undefined,
  here: Readonly<Record<string, unknown>>,
) {
  if (!isRecord(services)) return { services: undefined, changes: [], logins: {} };
  const changes = new Set<string>();
  const replaced = ([name, value]: readonly [string, unknown]): readonly [string, unknown] => {
    if (!Object.hasOwn(here, name)) return [name, value];
    changes.add(`${name} comes from local.environment`);
    return [name, here[name]];
  };
  const madeUp = (secret: string, otherwise: string): readonly [string, unknown] => {
    const value = secretOf(secret);
    if (value === undefined && Object.hasOwn(here, secret)) return replaced([secret, undefined]);
    changes.add(value === undefined ? `${secret} is "${otherwise}"` : `${secret} comes from LOCAL_${secret}`);
    return [secret, value ?? otherwise];
  };
  const logins: Record<string, string> = {};
  const entries = Object.entries(services).map(([name, service]) => {
    if (!isRecord(service)) return [name, service] as const;
    const { secrets, environment, ...others } = service;
    for (const secret of Array.isArray(service.basicAuth) ? service.basicAuth : [])
      logins[String(secret)] = String(madeUp(String(secret), MADE_UP_LOGIN)[1]);
    const own = isRecord(environment) ? Object.entries(environment).map(replaced) : [];
    if (!Array.isArray(secrets))
      return [
        name,
        environment === undefined ? service : { ...service, environment: Object.fromEntries(own) },
      ] as const;
    const given = secrets.map((secret) => madeUp(String(secret), MADE_UP));
    return [name, { ...others, environment: Object.fromEntries([...own, ...given]) }] as const;
  });
  return { services: Object.fromEntries(entries), changes: [...changes], logins };
}

function merge(below: unknown, above: unknown): unknown {
  if (!isRecord(above) || !isRecord(below)) return above;
  const keys = [...new Set([...Object.keys(below), ...Object.keys(above)])];
  return Object.fromEntries(keys.map((key) => [key, key in above ? merge(below[key], above[key]) : below[key]]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
