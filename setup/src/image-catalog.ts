/** The variables by which compose files name images. */
export type ImageVariable =
  | "NGINX_IMAGE"
  | "PROMETHEUS_IMAGE"
  | "ALERTMANAGER_IMAGE"
  | "NODE_EXPORTER_IMAGE"
  | "NGINX_EXPORTER_IMAGE"
  | "NODE_IMAGE"
  | "MTAIL_IMAGE"
  | "REGISTRY_IMAGE"
  | "PYTHON_IMAGE"
  | "MACHINE_IMAGE"
  | "GRAFANA_IMAGE";

/** Where an image comes from. */
export interface CatalogEntry {
  readonly variable: ImageVariable;
  /** The upstream image; for one of ours, the base it is built on where a registry answers. */
  readonly upstream: string;
  /** `standIn`: built from Debian packages where the registry does not answer. `built`: always built by us. `optional`: left out where it cannot be pulled. */
  readonly kind: "standIn" | "built" | "optional";
  /** Name of the recipe and of its folder in `images/`; none for optional images. */
  readonly recipe?: string;
  /** Part of every fleet, or only ensured when asked for. */
  readonly always: boolean;
}

/** Every image of the fleet, with its upstream default. */
export const imageCatalog: readonly CatalogEntry[] = [
  { variable: "NGINX_IMAGE", upstream: "nginx:1.30", kind: "standIn", recipe: "nginx", always: true },
  // 3.13 is the long-term support release, supported until July 2027.
  {
    variable: "PROMETHEUS_IMAGE",
    upstream: "prom/prometheus:v3.13.2",
    kind: "standIn",
    recipe: "prometheus",
    always: true,
  },
  {
    variable: "ALERTMANAGER_IMAGE",
    upstream: "prom/alertmanager:v0.33.1",
    kind: "standIn",
    recipe: "alertmanager",
    always: true,
  },
  {
    variable: "NODE_EXPORTER_IMAGE",
    upstream: "prom/node-exporter:v1.11.1",
    kind: "standIn",
    recipe: "node-exporter",
    always: true,
  },
  {
    variable: "NGINX_EXPORTER_IMAGE",
    upstream: "nginx/nginx-prometheus-exporter:1.5.1",
    kind: "standIn",
    recipe: "nginx-exporter",
    always: true,
  },
  { variable: "NODE_IMAGE", upstream: "node:24-bookworm-slim", kind: "standIn", recipe: "node", always: true },
  { variable: "MTAIL_IMAGE", upstream: "debian:forky-slim", kind: "built", recipe: "mtail", always: true },
  // Where `fleet release --local` puts images; it runs only then.
  { variable: "REGISTRY_IMAGE", upstream: "registry:2.8.3", kind: "standIn", recipe: "registry", always: true },
  { variable: "PYTHON_IMAGE", upstream: "python:3.13-slim", kind: "standIn", recipe: "python", always: false },
  // A machine with nothing installed, as a new instance is: tests try user data on it.
  { variable: "MACHINE_IMAGE", upstream: "ubuntu:24.04", kind: "standIn", recipe: "machine", always: false },
  { variable: "GRAFANA_IMAGE", upstream: "grafana/grafana:12.4.0", kind: "optional", always: false },
];

/** The catalog's entries of a set-up: those every fleet has, and the extra ones asked for. */
export function wantedImages(extra: readonly ImageVariable[]): CatalogEntry[] {
  return imageCatalog.filter((entry) => entry.always || extra.includes(entry.variable));
}
