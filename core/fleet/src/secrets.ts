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

/** What hashes of passwords take. */
const LOGIN_LENGTH = 200;

/** What of a fleet's configuration decides about its secrets. */
interface SecretUsers {
  readonly notify: { readonly [N in NotifierName]?: unknown };
  readonly releases: { readonly pull?: { readonly private: boolean } | undefined };
  readonly services: Readonly<
    Record<string, { readonly secrets: readonly string[]; readonly basicAuth?: readonly string[] | undefined }>
  >;
}

/** Every secret that this fleet needs, each once: its own, then those of its services. */
export function fleetSecrets({ notify, releases, services }: SecretUsers): readonly FleetSecret[] {
  const owners = new Map<string, string[]>();
  const add = (name: string, use: string) => owners.set(name, [...(owners.get(name) ?? []), use]);
  for (const [service, { secrets, basicAuth = [] }] of Object.entries(services)) {
    for (const name of secrets) add(name, `the variable ${name} of ${service}`);
    for (const name of basicAuth) add(name, `a login to ${service}, as USER:PASSWORD`);
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
        purpose: users.join(" and "),
        origin: "given",
        readers: ["workers"],
      }),
    ),
  ];
}

/** Names of the secrets that are logins, of whatever service. */
export function loginSecrets({ services }: Pick<SecretUsers, "services">): readonly string[] {
  return [...new Set(Object.values(services).flatMap(({ basicAuth = [] }) => basicAuth))];
}

/** Why a text is no login that a worker can take; undefined where it is one. Never shows the text. */
export function loginFault(text: string): string | undefined {
  const at = text.indexOf(":");
  if (at < 0) return "has no colon: a login is USER:PASSWORD";
  if (at === 0 || at === text.length - 1) return "lacks the user or the password: a login is USER:PASSWORD";
  if (/[^\x20-\x7e]/.test(text))
    return "has signs that not every browser sends alike: write letters, digits and signs of ASCII";
  return text.length > LOGIN_LENGTH ? `is longer than ${LOGIN_LENGTH} signs: shorten it` : undefined;
}
