import { standInSuite } from "./private-apt.ts";

/** A change to an unpacked root file system; paths are absolute inside the image. */
export type RootfsStep =
  | { readonly move: string; readonly to: string }
  | { readonly link: string; readonly to: string }
  | { readonly folder: string }
  | { readonly remove: string };

/** How one image is made out of packages. Its Dockerfile and `overlay/` are in `images/NAME/`. */
export interface Recipe {
  readonly name: string;
  readonly repository: string;
  /** Unpacked on top of another recipe's image. */
  readonly base?: string;
  readonly packages: readonly string[];
  /** `all`: with everything they depend on (minus the base's). `named`: only these; enough for Go programs, which need libc and no more. */
  readonly dependencies: "all" | "named";
  /** The package whose version becomes the tag, or the tag itself. */
  readonly tag: { readonly versionOf: string } | { readonly fixed: string } | "npm";
  /** Takes the real Node binary from npm's registry. */
  readonly nodeMajor?: number;
  readonly users?: readonly { readonly name: string; readonly uid: number; readonly home: string }[];
  readonly steps?: readonly RootfsStep[];
  /** Folders that belong to somebody other than root. */
  readonly owned?: readonly { readonly path: string; readonly uid: number }[];
  /** sh, wget and the rest of busybox, as upstream's images have them. */
  readonly busybox?: boolean;
  /** The Debian release of the packages; default `standInSuite`. */
  readonly suite?: string;
  /** The packages lie in `/var/cache/debs` too, and the Dockerfile has their own scripts set them up: what comes out is a system that apt can add to. */
  readonly installed?: boolean;
  /** A run without network that proves that the image works. */
  readonly check: { readonly entrypoint?: string; readonly args: readonly string[] };
}

const standIn = (name: string) => `compose-fleet-standin/${name}`;
// Only base-files has the links /bin → /usr/bin without which nothing starts.
const goBase = ["base-files", "libc6", "tzdata"];

/** All recipes, bases first. */
const recipes: readonly Recipe[] = [
  {
    name: "debian",
    repository: standIn("debian"),
    packages: ["?essential"],
    dependencies: "all",
    tag: { fixed: standInSuite },
    check: { args: ["sh", "-c", "id -u && ls /usr/bin/env"] },
  },
  {
    name: "nginx",
    repository: standIn("nginx"),
    base: "debian",
    packages: ["nginx", "libnginx-mod-stream", "curl"],
    dependencies: "all",
    tag: { versionOf: "nginx" },
    users: [{ name: "nginx", uid: 101, home: "/nonexistent" }],
    steps: [
      // The name `nginx` is taken by the wrapper in overlay/ that loads the stream module.
      { move: "/usr/sbin/nginx", to: "/usr/libexec/nginx/nginx" },
      { remove: "/etc/nginx/sites-available" },
      { remove: "/etc/nginx/sites-enabled" },
      { remove: "/etc/nginx/nginx.conf" },
      // Upstream's place for temporary files, so that one tmpfs suits both.
      { folder: "/var/cache/nginx" },
      { remove: "/var/lib/nginx" },
      { link: "/var/lib/nginx", to: "../cache/nginx" },
      { folder: "/var/log/nginx" },
      { link: "/var/log/nginx/access.log", to: "/dev/stdout" },
      { link: "/var/log/nginx/error.log", to: "/dev/stderr" },
    ],
    check: { args: ["nginx", "-t"] },
  },
  {
    name: "node",
    repository: standIn("node"),
    base: "debian",
    packages: [],
    dependencies: "named",
    nodeMajor: 24,
    tag: "npm",
    users: [{ name: "node", uid: 1000, home: "/home/node" }],
    steps: [{ folder: "/home/node" }],
    owned: [{ path: "/home/node", uid: 1000 }],
    check: { args: ["node", "--version"] },
  },
  {
    name: "python",
    repository: standIn("python"),
    base: "debian",
    packages: ["python3"],
    dependencies: "all",
    tag: { versionOf: "python3" },
    steps: [{ link: "/usr/bin/python", to: "python3" }],
    check: { args: ["python", "-c", "import http.server, json, ssl"] },
  },
  {
    name: "machine",
    repository: standIn("machine"),
    packages: ["?essential", "?priority(required)", "apt"],
    dependencies: "all",
    // The release that the newest packages of user data know.
    suite: "trixie",
    installed: true,
    tag: { fixed: "trixie" },
    steps: [{ link: "/usr/bin/awk", to: "mawk" }],
    check: { args: ["sh", "-c", "dpkg --audit && apt-get check"] },
  },
  {
    name: "prometheus",
    repository: standIn("prometheus"),
    packages: [...goBase, "busybox-static", "prometheus", "promtool"],
    dependencies: "named",
    tag: { versionOf: "prometheus" },
    busybox: true,
    steps: [{ folder: "/prometheus" }, { folder: "/etc/prometheus" }],
    owned: [{ path: "/prometheus", uid: 65534 }],
    check: { args: ["--version"] },
  },
  {
    name: "alertmanager",
    repository: standIn("alertmanager"),
    packages: [...goBase, "busybox-static", "prometheus-alertmanager"],
    dependencies: "named",
    tag: { versionOf: "prometheus-alertmanager" },
    busybox: true,
    steps: [
      { move: "/usr/bin/prometheus-alertmanager", to: "/usr/bin/alertmanager" },
      { folder: "/alertmanager" },
      { folder: "/etc/alertmanager" },
    ],
    owned: [{ path: "/alertmanager", uid: 65534 }],
    check: { args: ["--version"] },
  },
  {
    name: "node-exporter",
    repository: standIn("node-exporter"),
    packages: [...goBase, "busybox-static", "prometheus-node-exporter"],
    dependencies: "named",
    tag: { versionOf: "prometheus-node-exporter" },
    busybox: true,
    steps: [{ move: "/usr/bin/prometheus-node-exporter", to: "/usr/bin/node_exporter" }],
    check: { args: ["--version"] },
  },
  {
    name: "nginx-exporter",
    repository: standIn("nginx-exporter"),
    packages: [...goBase, "prometheus-nginx-exporter"],
    dependencies: "named",
    tag: { versionOf: "prometheus-nginx-exporter" },
    steps: [{ move: "/usr/bin/prometheus-nginx-exporter", to: "/usr/bin/nginx-prometheus-exporter" }],
    check: { args: ["--version"] },
  },
  {
    name: "mtail",
    repository: "compose-fleet/mtail",
    packages: [...goBase, "busybox-static", "mtail"],
    dependencies: "named",
    tag: { versionOf: "mtail" },
    busybox: true,
    check: { args: ["--version"] },
  },
  {
    name: "registry",
    repository: standIn("registry"),
    packages: [...goBase, "docker-registry"],
    dependencies: "named",
    tag: { versionOf: "docker-registry" },
    steps: [{ move: "/usr/bin/docker-registry", to: "/usr/bin/registry" }, { folder: "/var/lib/registry" }],
    check: { args: ["--version"] },
  },
];

/** The recipe of that name. Throws for a name that is none. */
export function recipeNamed(name: string): Recipe {
  const recipe = recipes.find((candidate) => candidate.name === name);
  if (recipe === undefined) throw new Error(`no image recipe is named ${name}`);
  return recipe;
}
