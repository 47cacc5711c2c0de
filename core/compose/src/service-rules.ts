import { networkRules } from "./network-rules.ts";
import { pathRules, sourceFault } from "./path-rules.ts";
import { asRecord, ignored, type KeyRule, refused, told, works } from "./rule.ts";

const MACHINE = "what it breaks, it breaks for every service of the machine";

function pullPolicyFault(value: unknown): string | undefined {
  return value === "missing" || value === "if_not_present"
    ? undefined
    : "remove it: releases bring images to the workers, and a registry that does not answer must not stop a start";
}

function buildFault(
  _value: unknown,
  { whole, service }: Parameters<NonNullable<KeyRule["refuses"]>>[1],
): string | undefined {
  const variable = `${service.toUpperCase().replaceAll("-", "_")}_IMAGE`;
  return whole.image === undefined
    ? `workers build nothing: write image: \${${variable}:-${service}:dev} beside it (docs/services.md)`
    : undefined;
}

function injectedFault(value: unknown, { whole }: Parameters<NonNullable<KeyRule["refuses"]>>[1]): string | undefined {
  const ofText = Object.entries(asRecord(value) ?? {}).find(([, each]) => asRecord(each)?.content !== undefined);
  return ofText !== undefined && whole.read_only === true
    ? `${ofText[0]}: its content cannot be put into a read_only container; use file:`
    : undefined;
}

/** Every key that a service may have in the compose specification, and what the fleet makes of it. A key that is not here is a misspelt one. */
export const serviceRules: readonly KeyRule[] = [
  // What runs.
  works("image", `Mandatory. A registry's, or \`\${NAME_IMAGE:-NAME:dev}\` for one of this repository.`),
  {
    ...ignored("build", "`npx fleet release` builds the folder `NAME/`, and workers build nothing"),
    refuses: buildFault,
  },
  told("platform", "every instance type in fleet.yaml must be of it"),
  works("pull_policy", "`missing` only.", pullPolicyFault),
  works("extends", "Compose follows it; what comes in by it counts as written here."),
  works("command"),
  works("entrypoint"),
  works("working_dir"),
  works("user"),
  works("group_add"),
  works("init"),
  works("stdin_open"),
  works("tty"),
  works(
    "environment",
    "`environment` of fleet.yaml wins. A variable without a value stays unset: workers have no variables for services.",
  ),
  works("healthcheck", "A replica counts once it is healthy."),
  works("stop_signal"),
  works("stop_grace_period", "Longer than the longest request."),
  works("labels"),
  works("annotations"),
  refused("post_start", "do it in the image's entrypoint: a replica that Docker starts again would go without it"),
  refused("pre_stop", "do it on SIGTERM: a replica that Docker or a release stops would go without it"),
  refused("provider", "workers run containers only: write an image"),
  // How many, and in which order: the fleet decides.
  refused("container_name", "remove it: two replicas cannot have the same name"),
  refused("scale", "remove it: the fleet decides how many replicas run"),
  refused("deploy", "remove it: replicas and memory come from fleet.yaml; for a share of the CPU write cpus"),
  refused(
    "depends_on",
    "remove it: services start side by side and at any time again, so let it try again until the other one answers",
  ),
  refused("profiles", "remove it: what is in fleet.yaml runs"),
  ignored("restart", "replicas always run with `unless-stopped`"),
  ignored("attach", "nobody is attached on a worker"),
  ignored("develop", "nothing is developed on a worker"),
  ignored("expose", "replicas are reached at `port` of fleet.yaml"),
  ignored("logging", "logs go to `json-file` with at most 10 MB a replica, so that no disk fills"),
  // Memory and CPU.
  refused("mem_limit", "remove it: it is memory in fleet.yaml"),
  refused("mem_reservation", "remove it: memory in fleet.yaml is what a replica has"),
  refused("memswap_limit", "remove it: memory in fleet.yaml is what a replica has"),
  works("mem_swappiness"),
  works("shm_size", "Counts as memory of the replica."),
  works("tmpfs", "Counts as memory of the replica."),
  works("cpus"),
  works("cpu_shares"),
  works("cpu_quota"),
  works("cpu_period"),
  works("cpu_rt_period"),
  works("cpu_rt_runtime"),
  told("cpuset", "the machine must have these cores, and all replicas share them"),
  refused("cpu_count", "it is for Windows: write cpus"),
  refused("cpu_percent", "it is for Windows: write cpus"),
  works("pids_limit"),
  works("ulimits"),
  works("oom_score_adj"),
  told("oom_kill_disable", "a replica without memory hangs instead of being started again"),
  works("blkio_config"),
  refused("storage_opt", "workers' Docker knows no such limit: use a volume or tmpfs"),
  // Files, networks, namespaces.
  ...pathRules,
  works(
    "configs",
    "Their `file` is shipped with the revision; `content` works where the container is not `read_only`.",
  ),
  works("secrets", "Their `file` is shipped with the revision, so nothing secret: that is `secrets` in fleet.yaml."),
  refused("volumes_from", "remove it: share a named volume instead"),
  ...networkRules,
  // What reaches beyond the container.
  works("read_only"),
  works("cap_drop"),
  works("security_opt", "`no-new-privileges:true` is a good one."),
  told("cap_add", `it gets rights of the machine's root: ${MACHINE}`),
  told("privileged", `it is root of the machine, and reads every service's secrets: ${MACHINE}`),
  told("devices", "every machine must have them, and all replicas share them"),
  told("device_cgroup_rules", "it may use devices of the machine"),
  told("sysctls", "only those of its own network and memory can be set; others keep it from starting"),
  told("cgroup_parent", "a local fleet replaces it, as its workers' CPU is limited that way"),
  told("use_api_socket", `it commands the machine's Docker, and with it everything on it: ${MACHINE}`),
  refused("gpus", "the machines' image has no driver for a GPU: leave work that needs one outside the fleet"),
  refused("runtime", "workers have Docker's own runtime only: remove it"),
  refused("isolation", "it is for Windows: remove it"),
  refused("credential_spec", "it is for Windows: remove it"),
  refused("models", "workers run no models: call one outside the fleet"),
];

/** Every key that a compose file may have at its top, and what the fleet makes of it in the file of a service. */
export const topLevelRules: readonly KeyRule[] = [
  works("services", "The entry that is named as in fleet.yaml runs; others serve `extends` only."),
  works(
    "volumes",
    "See `volumes` of a service. Files that name the same volume share it, and must define it alike.",
    (value) => {
      for (const [name, definition] of Object.entries(asRecord(value) ?? {})) {
        const given = asRecord(definition) ?? {};
        if (given.external !== undefined && given.external !== false)
          return `${name}.external: remove it: a new worker has no volume before its services start`;
      }
      return undefined;
    },
  ),
  works(
    "configs",
    "See `configs` of a service.",
    (value, context) => sourceFault(value, context) ?? injectedFault(value, context),
  ),
  works("secrets", "See `secrets` of a service.", sourceFault),
  refused("networks", "remove it: a worker has the networks services and edge (docs/services.md)"),
  refused("include", "remove it: write what the service needs into its own file, or use extends"),
  refused("models", "workers run no models: call one outside the fleet"),
  ignored("name", "a worker's project has a name of its own"),
  ignored("version", "compose itself ignores it"),
];
