import { type AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  GetCommandInvocationCommand,
  GetParameterCommand,
  PutParameterCommand,
  SendCommandCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import type { Clock } from "@compose-fleet/process";
import type { MaintenanceStore, MaintenanceWorkers } from "./ports.ts";

/** SSM's own minimum for the time until a command must have begun. */
const DELIVERY_SECONDS = 30;
const POLL_MS = 1000;
/** Longer than delivery and the document's own limit (120 s) together. */
const DEADLINE_MS = 160_000;
const ENDED = ["Success", "Failed", "TimedOut", "Cancelled"];
const STDERR_LIMIT = 300;

/** The fleet's parameter. */
export function createSsmMaintenanceStore(ssm: Pick<SSMClient, "send">, config: FleetConfig): MaintenanceStore {
  const { maintenanceParameter: Name } = fleetNames(config);
  return {
    read: async () => {
      try {
        return (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value;
      } catch (error) {
        if (error instanceof Error && error.name === "ParameterNotFound") return undefined;
        throw error;
      }
    },
    write: async (Value) => {
      await ssm.send(new PutParameterCommand({ Name, Type: "String", Value, Overwrite: true }));
    },
  };
}

interface WorkersDeps {
  readonly ssm: Pick<SSMClient, "send">;
  readonly autoScaling: Pick<AutoScalingClient, "send">;
  readonly clock: Pick<Clock, "nowMs" | "sleep">;
  readonly config: FleetConfig;
}

/** The group's workers, told by the fleet's maintenance document. */
export function createSsmMaintenanceWorkers({ ssm, autoScaling, clock, config }: WorkersDeps): MaintenanceWorkers {
  const { group, maintenanceDocument } = fleetNames(config);

  async function outcome(CommandId: string, InstanceId: string): Promise<string | undefined> {
    const until = clock.nowMs() + DEADLINE_MS;
    let problem = "the command has not ended";
    while (clock.nowMs() < until) {
      await clock.sleep(POLL_MS);
      try {
        const seen = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));
        if (seen.Status === "Success") return undefined;
        if (ENDED.includes(seen.Status ?? ""))
          return `${seen.StatusDetails ?? seen.Status}: ${(seen.StandardErrorContent ?? "").trim().slice(-STDERR_LIMIT) || "no output"}`;
      } catch (error) {
        // It runs whether or not it can be looked at: right after it was sent there may be nothing to see yet.
        problem = wordsOf(error);
      }
    }
    return problem;
  }

  return {
    list: async () => {
      const { AutoScalingGroups: [found] = [] } = await autoScaling.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
      );
      return (found?.Instances ?? []).flatMap(({ InstanceId: id, LifecycleState: state = "" }) =>
        id === undefined || state.startsWith("Terminat") ? [] : [{ id, boots: state.startsWith("Pending") }],
      );
    },
    obey: async (id) => {
      try {
        const { Command } = await ssm.send(
          new SendCommandCommand({
            DocumentName: maintenanceDocument,
            InstanceIds: [id],
            TimeoutSeconds: DELIVERY_SECONDS,
          }),
        );
        return Command?.CommandId === undefined ? "SSM gave no command" : await outcome(Command.CommandId, id);
      } catch (error) {
        return wordsOf(error);
      }
    },
  };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
