import { createLoadBalancer, type LoadBalancer } from "@compose-fleet/emulator";
import { createFrontContainers, type FrontContainers } from "../machine/front/front-containers.ts";
import { isRefused } from "../machine/front/loopback-port.ts";
import { watchPorts } from "../machine/front/port-watch.ts";
import type { Ground } from "./ground.ts";
import type { StartDeps } from "./start-deps.ts";

/** The nginx containers of this fleet; not started. */
export function frontContainers({ options, config, runner }: StartDeps, ground: Ground): FrontContainers {
  return createFrontContainers({
    runner,
    names: ground.names,
    labels: ground.labels,
    stateDir: options.stateDir,
    nginxImage: options.images.NGINX_IMAGE ?? "",
    cidr: config.network.cidr,
    ports: options.ports,
  });
}

/** Starts the health checks of the load balancer. Targets are routed once its container has started. */
export function startBalancer(
  { options, clock, signal }: StartDeps,
  { balancer }: FrontContainers,
  started: Promise<void>,
  onProblem: (sentence: string) => void,
): LoadBalancer {
  return createLoadBalancer({
    machine: {
      probe: balancer.probe,
      route: async (targets) => {
        await started;
        await balancer.route(targets);
      },
    },
    clock,
    onProblem: (sentence) => {
      if (!signal.aborted) onProblem(sentence);
    },
    rules: {
      intervalMs: options.health.intervalSeconds * 1000,
      healthyThreshold: options.health.healthyThreshold,
      unhealthyThreshold: options.health.unhealthyThreshold,
      registrationLagMs: options.registrationLagSeconds * 1000,
      deregistrationLagMs: options.deregistrationLagSeconds * 1000,
    },
  });
}

/** Watches the published ports until the signal. */
export function watchFront(
  { options, clock, signal }: StartDeps,
  containers: FrontContainers,
  balancer: LoadBalancer,
  onProblem: (sentence: string) => void,
): void {
  void watchPorts(
    {
      isRefused,
      works: () => balancer.targets().some(({ state }) => state === "healthy"),
      restart: containers.restartBalancer,
      clock,
      onProblem,
      signal,
    },
    [options.ports.balancer, options.ports.balancerProxy],
  );
}
