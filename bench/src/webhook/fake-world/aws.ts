import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "./read-body.ts";
import type { SteadyWorld } from "./steady-world.ts";

const LAUNCHED_AGO_MS = 3_600_000;
const isReading = (name: string) => /^(Describe|Get|List)/.test(name);

/** Auto Scaling, SSM and a CodeDeploy without deployments over the steady world: reads are answered, everything else is noted as an action. */
export function createAwsHandler(world: SteadyWorld, nowMs: () => number) {
  const autoScaling = (form: URLSearchParams): string | undefined => {
    const name = form.get("Action") ?? "";
    if (name === "DescribeAutoScalingGroups")
      return `<AutoScalingGroups><member>${groupXml(world)}</member></AutoScalingGroups>`;
    if (name === "DescribeScalingActivities") return `<Activities>${activitiesXml(world, nowMs())}</Activities>`;
    if (name === "DescribeLifecycleHooks") return "<LifecycleHooks/>";
    if (name === "DescribeInstanceRefreshes") return "<InstanceRefreshes/>";
    if (isReading(name)) return undefined;
    const worker = form.get("InstanceId");
    world.act({ name, ...(worker ? { worker } : {}), detail: form.toString() });
    return "";
  };
  const ssm = (name: string, input: SsmInput): object | undefined => {
    if (name === "GetCommandInvocation")
      return { CommandId: input.CommandId, InstanceId: input.InstanceId, Status: "Success", ResponseCode: 0 };
    // Where new workers start: written at the first look, changes nothing that runs.
    if (name === "PutParameter") return { Version: 1 };
    if (isReading(name)) return undefined;
    const [worker] = input.InstanceIds ?? [];
    const replicas = Number(input.Parameters?.replicas?.[0]);
    world.act({
      name,
      ...(worker ? { worker } : {}),
      ...(Number.isInteger(replicas) ? { replicas } : {}),
      detail: JSON.stringify(input),
    });
    return { Command: { CommandId: randomUUID(), Status: "Pending" } };
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = String(request.headers["x-amz-target"] ?? "");
    const body = await readBody(request);
    if (target.startsWith("AmazonSSM.")) {
      const answer = ssm(target.slice("AmazonSSM.".length), JSON.parse(body));
      response.writeHead(answer ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
      response.end(
        JSON.stringify(answer ?? { __type: "UnknownOperationException", message: `${target} is not known` }),
      );
      return;
    }
    if (target.startsWith("CodeDeploy_")) {
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ deployments: [] }));
      return;
    }
    const form = new URLSearchParams(body);
    const answer = autoScaling(form);
    const name = form.get("Action") ?? "";
    response.writeHead(answer === undefined ? 400 : 200, { "content-type": "text/xml" });
    response.end(
      answer === undefined
        ? `<ErrorResponse><Error><Code>InvalidAction</Code><Message>${name} is not known</Message></Error></ErrorResponse>`
        : `<${name}Response xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><${name}Result>${answer}</${name}Result></${name}Response>`,
    );
  };
}

interface SsmInput {
  readonly CommandId?: string;
  readonly InstanceId?: string;
  readonly InstanceIds?: readonly string[];
  readonly Parameters?: Readonly<Record<string, readonly string[]>>;
}

function groupXml(world: SteadyWorld): string {
  const members = [...world.replicas.keys()].map(
    (id, index) =>
      `<member><InstanceId>${id}</InstanceId><AvailabilityZone>eu-central-1${"ab"[index % 2]}</AvailabilityZone><LifecycleState>InService</LifecycleState><HealthStatus>Healthy</HealthStatus></member>`,
  );
  return `<AutoScalingGroupName>${world.groupName}</AutoScalingGroupName><MinSize>1</MinSize><MaxSize>6</MaxSize><DesiredCapacity>${world.desired}</DesiredCapacity><Instances>${members.join("")}</Instances>`;
}

function activitiesXml(world: SteadyWorld, nowMs: number): string {
  const at = new Date(nowMs - LAUNCHED_AGO_MS).toISOString();
  return [...world.replicas.keys()]
    .map(
      (id) =>
        `<member><ActivityId>${id}</ActivityId><AutoScalingGroupName>${world.groupName}</AutoScalingGroupName><Description>Launching a new EC2 instance: ${id}</Description><StartTime>${at}</StartTime><EndTime>${at}</EndTime><StatusCode>Successful</StatusCode><Progress>100</Progress></member>`,
    )
    .join("");
}
