import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
} from "@aws-sdk/client-auto-scaling";
import { SendCommandCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import { z } from "zod";

const notificationSchema = z.looseObject({
  status: z.string(),
  commonLabels: z.record(z.string(), z.string()),
});

/** The usual scaler: one step per notification, to what is there plus one. For the benchmark only. */
export interface CommonScaler {
  /** Takes its one step at once; a notification that asks for nothing changes nothing. */
  notified(line: string): Promise<void>;
  /** Puts the fleet back: one worker, one replica of the service. From then on notifications change nothing: the alerts of before still fire. */
  reset(service: string): Promise<void>;
  /** From now on notifications count. */
  ready(): void;
  decidedSince(atMs: number): number | undefined;
  close(): void;
}

export interface CommonScalerDeps {
  readonly cloud: Pick<LocalFleetStatus, "endpoints" | "aws" | "group">;
  readonly scaleDocument: string;
  readonly maxReplicas: number;
  readonly nowMs: () => number;
}

/** A scaler that counts by itself what it asked for, as scripts around `docker compose --scale` do. */
export function createCommonScaler({ cloud, scaleDocument, maxReplicas, nowMs }: CommonScalerDeps): CommonScaler {
  const { region, accessKeyId, secretAccessKey } = cloud.aws;
  const options = { region, endpoint: cloud.endpoints.aws, credentials: { accessKeyId, secretAccessKey } };
  const autoscaling = new AutoScalingClient(options);
  const ssm = new SSMClient(options);
  const replicas = new Map<string, number>();
  const decidedAtMs: number[] = [];
  let fence = 0;
  let isReady = false;

  async function group() {
    const { AutoScalingGroups } = await autoscaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [cloud.group.name] }),
    );
    const found = AutoScalingGroups?.[0];
    return { desired: found?.DesiredCapacity ?? 0, max: found?.MaxSize ?? 0, instances: found?.Instances ?? [] };
  }

  async function scale(worker: string, service: string, count: number): Promise<void> {
    fence += 1;
    await ssm.send(
      new SendCommandCommand({
        DocumentName: scaleDocument,
        InstanceIds: [worker],
        TimeoutSeconds: 30,
        Parameters: { service: [service], replicas: [String(count)], fence: [String(fence)] },
      }),
    );
    replicas.set(`${worker}/${service}`, count);
  }

  async function setDesired(desired: number): Promise<void> {
    await autoscaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: cloud.group.name, DesiredCapacity: desired }),
    );
  }

  return {
    notified: async (line) => {
      const { status, commonLabels: labels } = notificationSchema.parse(JSON.parse(line));
      if (status !== "firing" || !isReady) return;
      const { worker, service } = labels;
      if (labels.scale === "containers" && worker !== undefined && service !== undefined) {
        const now = replicas.get(`${worker}/${service}`) ?? 1;
        if (now >= maxReplicas) return;
        decidedAtMs.push(nowMs());
        await scale(worker, service, now + 1);
      } else if (labels.scale === "instances") {
        const { desired, max } = await group();
        if (desired >= max) return;
        decidedAtMs.push(nowMs());
        await setDesired(desired + 1);
      }
    },
    reset: async (service) => {
      isReady = false;
      await setDesired(1);
      const { instances } = await group();
      for (const { InstanceId, LifecycleState } of instances)
        if (LifecycleState === "InService" && InstanceId !== undefined) await scale(InstanceId, service, 1);
    },
    ready: () => {
      isReady = true;
    },
    decidedSince: (atMs) => decidedAtMs.find((each) => each >= atMs),
    close: () => {
      autoscaling.destroy();
      ssm.destroy();
    },
  };
}
