import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { must, type Runner } from "@compose-fleet/process";
import { hash } from "bcryptjs";
import { readComposeShape } from "../docker/compose-project.ts";
import { renderOverride } from "../docker/override-file.ts";
import { clockOverride, prepareClock } from "./clock-shift.ts";

/** Passwords and tokens of one fleet, made anew at each start. */
export interface MonitoringSecrets {
  readonly alertsToken: string;
  readonly apiToken: string;
  /** Prometheus' users `wh` and `worker`. */
  readonly prometheusPassword: string;
  readonly remoteWritePassword: string;
  readonly telegramToken: string;
}

export interface MonitoringDeps {
  readonly runner: Runner;
  readonly stackDir: string;
  readonly stateDir: string;
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly vpcNetwork: string;
  /** DNS name that workers push to. */
  readonly host: string;
  /** Where that name leads, whoever was started before it: a machine keeps its address. */
  readonly address: string;
  readonly secrets: MonitoringSecrets;
  /** User id that this process has; root gives the files to the group that production uses. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** Added to compose's environment: images, ports, AWS endpoint and credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the scalers get instead of production's values. */
  readonly whEnvironment: Readonly<Record<string, string>>;
}

/** The compose services of the two scalers. */
const WH_SERVICES = ["wh", "wh-standby"] as const;

/** The group that production's README gives the secrets to. */
const SECRETS_GID = 7653;
/** The passwords are 256 random bits, so that the hash need not slow anybody down; Prometheus computes it per connection. */
const BCRYPT_ROUNDS = 4;

/** The folder with the secrets of the monitoring stack. */
export function secretsFolder(stateDir: string): string {
  return join(stateDir, "monitoring", "secrets");
}

/** Starts stack-prometheus inside the emulated network. Resolves when its containers run. Throws `CommandError`. */
export async function startMonitoring(deps: MonitoringDeps): Promise<void> {
  const gid = deps.user.uid === 0 ? SECRETS_GID : deps.user.gid;
  await writeSecrets(secretsFolder(deps.stateDir), deps.secrets, gid);
  const env = {
    ...deps.environment,
    FLEET_SECRETS_DIR: secretsFolder(deps.stateDir),
    FLEET_SECRETS_GID: String(gid),
    COMPOSE_PROJECT_NAME: deps.project,
  };
  const shape = await readComposeShape(deps.runner, deps.stackDir, env);
  for (const service of WH_SERVICES) await prepareClock(deps.stateDir, service);
  const overrideFile = join(deps.stateDir, "monitoring", "compose.local.yml");
  await writeFile(
    overrideFile,
    renderOverride(shape, {
      labels: deps.labels,
      externalNetworks: { vpc: deps.vpcNetwork },
      services: {
        prometheus: { networks: { monitoring: {}, vpc: { aliases: [deps.host], ipv4_address: deps.address } } },
        ...Object.fromEntries(
          [...WH_SERVICES, "alertmanager"].map((service) => [service, { networks: { monitoring: {}, vpc: {} } }]),
        ),
      },
      additions: Object.fromEntries(
        WH_SERVICES.map((service) => {
          const { environment, volumes } = clockOverride(deps.stateDir, service);
          return [service, { environment: { ...environment, ...deps.whEnvironment }, volumes }];
        }),
      ),
    }),
  );
  await must(deps.runner, {
    file: "docker",
    args: ["compose", "--progress", "quiet", "--file", "compose.yml", "--file", overrideFile, "up", "--detach"],
    cwd: deps.stackDir,
    env,
    timeoutMs: 120_000,
  });
}

async function writeSecrets(folder: string, secrets: MonitoringSecrets, gid: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  const [wh, worker] = await Promise.all([
    hash(secrets.prometheusPassword, BCRYPT_ROUNDS),
    hash(secrets.remoteWritePassword, BCRYPT_ROUNDS),
  ]);
  const files: Record<string, string> = {
    alerts_token: secrets.alertsToken,
    api_token: secrets.apiToken,
    prometheus_password: secrets.prometheusPassword,
    "web.yml": `basic_auth_users:\n  wh: "${wh}"\n  worker: "${worker}"\n`,
    telegram_token: secrets.telegramToken,
    // Compose wants every file that it names, also of what is switched off.
    slack_webhook_url: "",
    webhook_secret: "",
    repository_token: "",
    grafana_password: secrets.apiToken,
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o640 });
    await chown(path, -1, gid);
    await chmod(path, 0o640);
  }
}
