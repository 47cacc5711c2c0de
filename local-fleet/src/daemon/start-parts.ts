import { join } from "node:path";
import { createEventQueue, newUuid, noDisturbances } from "@compose-fleet/emulator";
import { revisionBucket } from "@compose-fleet/fleet";
import { step } from "../control/events.ts";
import { createLocalServices, type LocalServices } from "../machine/local-services/local-services.ts";
import { startMonitoring } from "../machine/monitoring/monitoring.ts";
import { startOutside } from "../outside/start-outside.ts";
import { OUTSIDE_SOCKET, socketFolder } from "../sockets/socket-names.ts";
import { type Ground, groundOf, makeFolders, prepareMachine } from "./ground.ts";
import { monitoringDeps } from "./monitoring-deps.ts";
import { startCloud } from "./start-cloud.ts";
import type { StartDeps } from "./start-deps.ts";
import { startFaults } from "./start-faults.ts";
import { frontContainers, startBalancer, watchFront } from "./start-front.ts";
import { createWorkerNews, startWorkers } from "./start-workers.ts";
import { untilReady } from "./until-ready.ts";

/** Starts networks, front, monitoring and the first workers, as much as possible at once. Rejects with the first failure. */
export async function startParts(deps: StartDeps): Promise<void> {
  const { options, config, runner, clock, parts, signal, onEvent } = deps;
  const run = <Result>(name: string, work: () => Promise<Result>) => step(onEvent, clock.nowMs, name, work);
  const onProblem = (message: string) => onEvent({ type: "problem", message });
  const ground = groundOf(deps);
  await makeFolders(options.stateDir);
  const outside = await startOutside({
    socket: join(socketFolder(options.stateDir), OUTSIDE_SOCKET),
    telegramToken: deps.secrets.telegramToken,
    prometheusPort: options.ports.prometheus,
    now: clock.nowMs,
  });
  parts.outside = outside;
  const localServices = localServicesOf(deps, ground);
  const [prepared] = await Promise.all([
    run("networks", () => prepareMachine(deps, ground)),
    // Before the first worker: its services may look for them as soon as they start.
    localServices && run("local services", localServices.start),
  ]);
  signal.throwIfAborted();

  const containers = frontContainers(deps, ground);
  const frontStarted = run("load balancer", containers.start);
  const monitoringStarted = options.monitoring
    ? run("monitoring", () => startMonitoring(monitoringDeps(deps)))
    : Promise.resolve();
  // Awaited below; until then a failure must not count as unhandled.
  frontStarted.catch(() => undefined);
  monitoringStarted.catch(() => undefined);

  const { startFailure, onWorkerEvent } = createWorkerNews(onEvent);
  const balancer = startBalancer(deps, containers, frontStarted, onProblem);
  const disturbances = noDisturbances();
  const common = { ground, prepared, balancer, localServices, disturbances };
  const running = startWorkers(deps, { ...common, onWorkerEvent, onProblem });
  const events = createEventQueue({ clock, newId: newUuid });
  await startCloud(deps, { ...common, events, running });

  await Promise.all([frontStarted, monitoringStarted]);
  const { instances, workers, releases } = running;
  const whReady = options.monitoring ? `http://127.0.0.1:${options.ports.wh}/readyz` : undefined;
  await run("first workers", () => untilReady({ workers, balancer, clock, whReady, failure: startFailure, signal }));
  watchFront(deps, containers, balancer, onProblem);
  parts.faults = startFaults({
    options,
    runner,
    clock,
    parts: { instances, balancer, workers, disturbances, events, deployments: releases.deployments, outside },
    region: config.region,
    bucket: revisionBucket(config),
    onProblem,
    signal,
  });
}

function localServicesOf({ options, runner }: StartDeps, { names, labels }: Ground): LocalServices | undefined {
  if (options.localServicesFile === undefined) return undefined;
  return createLocalServices({
    runner,
    file: options.localServicesFile,
    stateDir: options.stateDir,
    project: names.localServicesProject,
    labels,
    edgeOf: names.workerEdge,
  });
}
