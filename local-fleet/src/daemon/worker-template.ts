import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import type { LocalFleetOptions } from "../control/options.ts";
import type { ComposeShape } from "../machine/docker/compose-project.ts";
import { dockerNames } from "../machine/docker/docker.ts";
import type { WorkerTemplate } from "../machine/worker/worker-machine.ts";
import { divideImages } from "./divide-images.ts";
import { seededRandom, spreadAround } from "./seeded-random.ts";

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
