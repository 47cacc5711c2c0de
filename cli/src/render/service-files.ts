import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Fault, FleetConfig } from "@compose-fleet/policy";
import { parseDocument } from "yaml";

/** Keys of a service's compose file that would break scaling, and why. */
const REFUSED_KEYS: Readonly<Record<string, string>> = {
  container_name: "remove it: two replicas cannot have the same name",
  ports: "remove it: nginx reaches replicas on the private network, and two cannot publish the same port",
  network_mode: "remove it: replicas live in the private network",
  scale: "remove it: the fleet decides how many replicas run",
  deploy: "remove it: replicas and memory come from fleet.yaml",
};

/** Checks `services/NAME.yml` of every service under a `stack-worker` folder; all faults at once, each with its file. */
export async function checkServiceFiles(stackWorkerFolder: string, config: FleetConfig): Promise<Fault[]> {
  const faults = Object.keys(config.services).map(async (name) => {
    const file = `services/${name}.yml`;
    const text = await readFile(join(stackWorkerFolder, file), "utf8").catch((error: NodeJS.ErrnoException) => error);
    if (typeof text !== "string") {
      const got = text.code === "ENOENT" ? "is missing" : `cannot be read (${text.code})`;
      return [{ path: file, message: `${got}: write a compose file whose services: has an entry ${name}` }];
    }
    return serviceFileFaults(name, text).map((message) => ({ path: file, message }));
  });
  return (await Promise.all(faults)).flat();
}

/** What is wrong with the compose file of one service, as sentences. Pure. */
export function serviceFileFaults(name: string, text: string): string[] {
  const document = parseDocument(text);
  if (document.errors.length > 0) return document.errors.map((error) => `is not YAML: ${firstLine(error.message)}`);
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return [`is not YAML that can be read: ${firstLine(String(error))}`];
  }
  if (!isRecord(content) || !isRecord(content.services))
    return [`has no services: mapping: write one with an entry ${name}`];
  const service = content.services[name];
  if (!isRecord(service)) {
    const got = Object.keys(content.services).join(", ") || "nothing";
    return [`has no services.${name} (got ${got}): name the entry as in fleet.yaml`];
  }
  const faults = Object.entries(REFUSED_KEYS).flatMap(([key, fix]) =>
    key in service ? [`services.${name}.${key}: ${fix}`] : [],
  );
  if (service.image === undefined && service.build === undefined && service.extends === undefined) {
    faults.push(`services.${name}.image: missing: write which image replicas run`);
  }
  return faults;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}
