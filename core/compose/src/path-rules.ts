import { asRecord, type KeyRule, type RuleContext, recordsOf, works } from "./rule.ts";

const OUTSIDE = "lies outside stack-worker/, and a worker gets nothing else: put it beside the service's file";

/** What is wrong with a path that a worker must have; undefined where nothing is. */
function pathFault(path: unknown, { look }: RuleContext): string | undefined {
  if (typeof path !== "string") return undefined;
  const kind = look(path);
  if (kind === "outside") return `${path} ${OUTSIDE}`;
  return kind === "missing" ? `${path} is not there: make it, or correct the path` : undefined;
}

function volumesFault(value: unknown, context: RuleContext): string | undefined {
  for (const { type, source, target } of recordsOf(value)) {
    if (type === "bind") {
      const fault = pathFault(source, context);
      if (fault !== undefined) return fault;
    }
    if (type === "volume" && typeof target === "string" && /^[A-Za-z]:/.test(target))
      return `${target} is taken for a path of Windows: give the volume a name of more than one letter`;
    if (type === "npipe" || type === "cluster")
      return `mounts of the type ${type} do not exist on a worker: use a volume or a bind mount`;
  }
  return undefined;
}

function envFileFault(value: unknown, context: RuleContext): string | undefined {
  const entries = Array.isArray(value) ? value : [value];
  for (const entry of entries) {
    const { path = entry, required = true } = asRecord(entry) ?? {};
    if (required === false && typeof path === "string" && context.look(path) === "missing") continue;
    const fault = pathFault(path, context);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Keys of a service that name files. Relative paths begin where the service's file is, and go to the workers with it. */
export const pathRules: readonly KeyRule[] = [
  works(
    "volumes",
    "Named volumes (with the file's top-level `volumes:`) exist once per worker, are shared by its replicas and end with it: a cache, no place for data. `./conf:/conf` is shipped with the revision; what a mount names must be there. A change of mounted files alone replaces no replica.",
    volumesFault,
  ),
  works(
    "env_file",
    "The file is shipped with the revision. Nothing secret: that is `secrets` in fleet.yaml.",
    envFileFault,
  ),
  works("label_file", "The file is shipped with the revision.", envFileFault),
];

/** What is wrong with the source of a config or a secret at the top level. */
export function sourceFault(value: unknown, context: RuleContext): string | undefined {
  for (const [name, definition] of Object.entries(asRecord(value) ?? {})) {
    const { file, external, environment, driver, template_driver } = asRecord(definition) ?? {};
    if (external !== undefined && external !== false) return `${name}: external ones exist in a swarm only; use file:`;
    if (driver !== undefined || template_driver !== undefined)
      return `${name}: drivers exist in a swarm only; use file:`;
    if (environment !== undefined)
      return `${name}: a worker has no variable ${String(environment)}; use file:, or secrets in fleet.yaml for what is secret`;
    const fault = pathFault(file, context);
    if (fault !== undefined) return `${name}: ${fault}`;
  }
  return undefined;
}
