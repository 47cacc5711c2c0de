import { parseFleetConfig } from "@compose-fleet/fleet";
import { renderStackWorker } from "@compose-fleet/render";
import type { ComposeFile } from "./staged-folder.ts";

const STACK = `
services:
  nginx: { image: nginx, networks: [services] }
networks: { services: { internal: true }, edge: {} }
include: [rendered/compose.services.yml]
`;

/** A small stack with these service files and whatever else lies beside them, by path below `services/`. */
export function stackOf(
  services: Readonly<Record<string, string>>,
  beside: Readonly<Record<string, string>> = {},
): ComposeFile[] {
  const entries = Object.keys(services).map((name) => [
    name,
    { path: `/${name}/`, port: 80, memory: "64m", capacity: { requestsPerSecond: 5 } },
  ]);
  const parsed = parseFleetConfig({ name: "demo", services: Object.fromEntries(entries) });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const file = (path: string, content: string): ComposeFile => ({ path, mode: 0o644, content: Buffer.from(content) });
  return [
    file("compose.yml", STACK),
    ...Object.entries(services).map(([name, text]) => file(`services/${name}.yml`, text)),
    ...Object.entries(beside).map(([path, text]) => file(`services/${path}`, text)),
    ...renderStackWorker(parsed.config).map(({ path, content }) => file(path.replace("stack-worker/", ""), content)),
  ];
}
