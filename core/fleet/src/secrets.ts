import { type NotifierName, notifierNames, notifiers } from "./notifiers.ts";

/** A secret of the fleet: a SecureString parameter of this name under `/fleet/NAME/ENVIRONMENT/secrets/`. */
export interface FleetSecret {
  readonly name: string;
  /** What it is for, to be read after "it is". */
  readonly purpose: string;
  /** What only machines use is made up; the rest somebody has to hand over. */
  readonly origin: "generated" | "given";
  /** The machines whose role may read it, and no other. */
  readonly readers: readonly ("workers" | "monitoring")[];
}

const GENERATED = [
  {
    name: "REMOTE_WRITE_PASSWORD",
    purpose: "the password with which workers write to Prometheus",
    // The monitoring instance keeps a hash of it.
    readers: ["workers", "monitoring"],
  },
  { name: "PROMETHEUS_PASSWORD", purpose: "the password with which wh queries Prometheus", readers: ["monitoring"] },
  { name: "ALERTS_TOKEN", purpose: "the token with which Alertmanager calls wh", readers: ["monitoring"] },
  { name: "API_TOKEN", purpose: "the token of wh's API", readers: ["monitoring"] },
  { name: "GRAFANA_PASSWORD", purpose: "the password of Grafana's user admin", readers: ["monitoring"] },
] as const;

const REPOSITORY = {
  name: "REPOSITORY_TOKEN",
  purpose: "the token with which wh reads the repository of releases.pull",
} as const;

/** Names of secrets that belong to the fleet itself: a service must not get them. */
export const RESERVED_SECRET_NAMES: readonly string[] = [
  ...GENERATED,
  ...notifierNames.map((name) => notifiers[name].secret),
  REPOSITORY,
].map(({ name }) => name);

/** What of a fleet's configuration decides about its secrets. */
interface SecretUsers {
  readonly notify: { readonly [N in NotifierName]?: unknown };
  readonly releases: { readonly pull?: { readonly private: boolean } | undefined };
  readonly services: Readonly<Record<string, { readonly secrets: readonly string[] }>>;
}

/** Every secret that this fleet needs, each once: its own, then those of its services. */
export function fleetSecrets({ notify, releases, services }: SecretUsers): readonly FleetSecret[] {
  const owners = new Map<string, string[]>();
  for (const [service, { secrets }] of Object.entries(services)) {
    for (const name of secrets) owners.set(name, [...(owners.get(name) ?? []), service]);
  }
  return [
    ...GENERATED.map((secret): FleetSecret => ({ ...secret, origin: "generated" })),
    ...[
      ...notifierNames.filter((name) => notify[name]).map((name) => notifiers[name].secret),
      ...(releases.pull?.private ? [REPOSITORY] : []),
    ].map((secret): FleetSecret => ({ ...secret, origin: "given", readers: ["monitoring"] })),
    ...[...owners].map(
      ([name, users]): FleetSecret => ({
        name,
        purpose: `the variable ${name} of ${users.join(" and ")}`,
        origin: "given",
        readers: ["workers"],
      }),
    ),
  ];
}
