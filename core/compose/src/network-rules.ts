import { asRecord, type KeyRule, type RuleContext, refused, told, works } from "./rule.ts";

/** The networks of a worker that a service may be in. `services` is where nginx finds it, whether it names it or not. */
const JOINABLE = ["services", "edge"];
/** What only one container of a network can have. */
const UNIQUE = ["ipv4_address", "ipv6_address", "mac_address"];

function networksFault(value: unknown, { taken, internet }: RuleContext): string | undefined {
  const entries = Array.isArray(value)
    ? value.map((name): [string, unknown] => [String(name), undefined])
    : Object.entries(asRecord(value) ?? {});
  for (const [name, options] of entries) {
    if (!JOINABLE.includes(name))
      return `${name} is no network of a worker: remove it, every service finds the others and the internet without`;
    if (name === "edge" && !internet)
      return "edge is the way to the internet, and fleet.yaml says internet: false: remove one of the two";
    const given = asRecord(options) ?? {};
    const unique = UNIQUE.find((key) => given[key] !== undefined && given[key] !== "");
    if (unique !== undefined) return `${name}.${unique}: remove it: two replicas cannot have the same address`;
    const aliases: readonly unknown[] = Array.isArray(given.aliases) ? given.aliases : [];
    const alias = aliases.find((each) => taken.includes(String(each)));
    if (alias !== undefined) return `${name}.aliases: ${String(alias)} is another container's name: choose another one`;
  }
  return undefined;
}

const SHARED = (what: string): string => `the service sees the ${what} of everything on the machine`;

/** What is wrong with sharing a namespace: with another container it cannot be, as each container is one of several. */
function namespaceFault(value: unknown): string | undefined {
  return typeof value === "string" && /^(service|container):/.test(value)
    ? `${value}: remove it: replicas share nothing with another container`
    : undefined;
}

const shares = (key: string, says: string): KeyRule => ({ ...told(key, says), refuses: namespaceFault });

/** Keys of a service about networks, and about what it shares with the machine. */
export const networkRules: readonly KeyRule[] = [
  works(
    "networks",
    "Every service is in `services`, where nginx and its neighbours on the worker find it, and in `edge`, its way outside, unless `internet: false` in fleet.yaml takes that away.",
    networksFault,
  ),
  refused("ports", "remove it: nginx reaches replicas on the private network, and two cannot publish the same port"),
  refused("network_mode", "remove it: replicas live in the private network"),
  refused("links", "remove it: services find each other by their names"),
  refused(
    "external_links",
    "remove it: nothing but the fleet's containers runs on a worker; what is outside is reached by its address",
  ),
  refused("mac_address", "remove it: two replicas cannot have the same address"),
  works("hostname", "The same for every replica."),
  works("domainname"),
  works("dns", "Asked for names outside the worker only."),
  works("dns_opt"),
  works("dns_search"),
  works("extra_hosts"),
  shares("pid", SHARED("processes")),
  shares("ipc", "`host`: the service shares memory with everything on the machine"),
  shares("uts", "`host`: the service has the machine's name, and may change it"),
  shares("cgroup", "`host`: the service sees the limits of everything on the machine"),
  shares("userns_mode", "`host`: its root is the machine's root"),
];
