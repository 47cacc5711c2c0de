import { fleetNames } from "@compose-fleet/fleet";
import { planAddresses } from "../machine/docker/addresses.ts";
import { dockerNames, FLEET_LABEL } from "../machine/docker/docker.ts";
import { AWS_PORT } from "../machine/front/nginx-config.ts";
import type { MonitoringDeps } from "../machine/monitoring/monitoring.ts";
import { PROMETHEUS_PATH, TELEGRAM_PATH } from "../outside/outside-server.ts";
import type { StartDeps } from "./start-deps.ts";

/** What the monitoring stack of this fleet is started with. */
export function monitoringDeps({ options, config, runner, aws, secrets, user }: StartDeps): MonitoringDeps {
  const names = dockerNames(options.name);
  const front = `http://aws:${AWS_PORT}`;
  return {
    runner,
    stackDir: options.stackPrometheusDir,
    stateDir: options.stateDir,
    project: names.monitoringProject,
    labels: { [FLEET_LABEL]: options.name },
    vpcNetwork: names.vpc,
    host: fleetNames(config).monitoringHost,
    address: planAddresses(config.network.cidr).monitoringAddress,
    secrets,
    user,
    environment: {
      ...options.images,
      FLEET_FILE: options.fleetFile,
      HOLD: String(options.hold),
      WH_PORT: String(options.ports.wh),
      WH_STANDBY_PORT: String(options.ports.whStandby),
      PROMETHEUS_PORT: String(options.ports.prometheus),
      ALERTMANAGER_PORT: String(options.ports.alertmanager),
      GRAFANA_PORT: String(options.ports.grafana),
      AWS_REGION: aws.region,
      AWS_ENDPOINT_URL: front,
      AWS_ACCESS_KEY_ID: aws.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
      // Nobody outside hears of what happens to a fleet that is not real.
      ...(config.notify.telegram === undefined
        ? {}
        : { TELEGRAM_TOKEN_FILE: "/run/secrets/telegram_token", TELEGRAM_API_URL: `${front}${TELEGRAM_PATH}` }),
    },
    whEnvironment: options.queriesByGate ? { PROMETHEUS_URL: `${front}${PROMETHEUS_PATH}` } : {},
  };
}
