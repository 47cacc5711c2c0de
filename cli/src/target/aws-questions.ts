import { DescribeInstancesCommand, type EC2Client, type Instance } from "@aws-sdk/client-ec2";
import { GetParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { type FleetConfig, fleetPrefix } from "@compose-fleet/fleet";
import { CliError, exitCodes } from "@compose-fleet/process";
import type { Machine } from "./machines.ts";

/** Throws `CliError` (exit code 2) where the credentials are of another account than the fleet file says, and AWS's errors. */
export async function requireAccount(sts: Pick<STSClient, "send">, { deploy }: FleetConfig): Promise<void> {
  const { Account: account } = await sts.send(new GetCallerIdentityCommand({}));
  if (deploy.account === undefined || deploy.account === account) return;
  throw new CliError(
    `These are credentials of account ${account}, the fleet belongs to ${deploy.account}: use that account's.`,
    exitCodes.usage,
  );
}

/** The fleet's machines that run: the workers, oldest first, then monitoring. Throws AWS's errors. */
export async function findMachines(ec2: Pick<EC2Client, "send">, config: FleetConfig): Promise<readonly Machine[]> {
  const found: Instance[] = [];
  let next: string | undefined;
  do {
    const page = await ec2.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: "tag:fleet", Values: [config.name] },
          { Name: "tag:environment", Values: [config.environment] },
          { Name: "instance-state-name", Values: ["running"] },
        ],
        NextToken: next,
      }),
    );
    found.push(...(page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []));
    next = page.NextToken;
  } while (next !== undefined);
  const monitoringName = `${fleetPrefix(config)}-monitoring`;
  const launched = ({ LaunchTime }: Instance) => LaunchTime?.getTime() ?? 0;
  const machines = found
    .sort((a, b) => launched(a) - launched(b))
    .flatMap(({ InstanceId: id, Tags = [] }): Machine[] => {
      if (id === undefined) return [];
      const tag = (key: string) => Tags.find(({ Key }) => Key === key)?.Value;
      if (tag("worker") === "true") return [{ id, kind: "workers" }];
      // Others, such as an instance that bakes an image, carry the fleet's tags, too.
      return tag("Name") === monitoringName ? [{ id, kind: "monitoring" }] : [];
    });
  const of = (kind: Machine["kind"]) => machines.filter((machine) => machine.kind === kind);
  return [...of("workers"), ...of("monitoring")];
}

/** The id of the monitoring instance. Throws `CliError` (exit code 2) where none runs, and AWS's errors. */
export async function requireMonitoring(ec2: Pick<EC2Client, "send">, config: FleetConfig): Promise<string> {
  const machines = await findMachines(ec2, config);
  const monitoring = machines.find(({ kind }) => kind === "monitoring");
  if (monitoring !== undefined) return monitoring.id;
  throw new CliError(
    `No monitoring instance of ${config.name} (${config.environment}) runs in ${config.region}${machines.length === 0 ? ", nor any worker: is that the fleet file that is meant (--fleet)? Else deploy it" : ": deploy it again"}, npm run deploy -- fleet.`,
    exitCodes.usage,
  );
}

/** The value of a secret. Throws `CliError` (exit code 2) where it is not set, and AWS's errors. */
export async function requireSecret(ssm: Pick<SSMClient, "send">, parameter: string): Promise<string> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter, WithDecryption: true }));
    if (Parameter?.Value) return Parameter.Value;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ParameterNotFound") throw error;
  }
  throw new CliError(`Parameter Store has no ${parameter}: set it with npx fleet secrets generate.`, exitCodes.usage);
}
