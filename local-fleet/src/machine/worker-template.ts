import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import type { LocalFleetOptions } from "../options.ts";
import { divideImages } from "../releases/divide-images.ts";
import { seededRandom, spreadAround } from "../seeded-random.ts";
import type { ComposeShape } from "./compose-project.ts";
import { dockerNames } from "./docker.ts";
import type { WorkerTemplate } from "./worker-machine.ts";

/** What all workers of this fleet have in common. `shell` is what scripts on one of them see. */
export function workerTemplate(
  options: LocalFleetOptions,
  config: FleetConfig,
  shape: ComposeShape,
  shell: WorkerTemplate["shell"],
): WorkerTemplate {
  const names = dockerNames(options.name);
  const resources = fleetNames(config);
  return {
    template: options.stackWorkerDir,
    shape,
    fleet: config.name,
    environment: config.environment,
    vpcNetwork: names.vpc,
    images: divideImages(config, options.images),
    composeProject: names.workerProject,
    instanceType: config.workers.instanceTypes[0] ?? "",
    tags: { ...resources.workerTags, "aws:autoscaling:groupName": resources.group },
    cpuCores: options.workerCpu,
    bootMs: spreadAround(options.bootSeconds * 1000, options.bootSpread, seededRandom(options.seed)),
    shell,
    localName: options.name,
  };
}
