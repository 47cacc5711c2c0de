import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { messageOf } from "@compose-fleet/process";
import type { Disturbances } from "../disturbances/disturbances.ts";
import type { AwsService } from "../protocol/action.ts";
import { readCredential, requireAccessKey } from "../protocol/authorization.ts";
import { parseQueryParameters } from "../protocol/query-parameters.ts";
import { encodeError, encodeOutput, type WireResponse } from "../protocol/wire.ts";
import { AwsError } from "../refusals/aws-error.ts";
import type { ObjectStore } from "../services/s3/object-store.ts";
import { answerS3, type S3Response, s3Error } from "../services/s3/s3.ts";
import { createThrottle, refuseAction, type Throttle } from "./throttle.ts";

const MAX_BODY_BYTES = 1024 * 1024;
/** S3's own limit is higher; the front's proxy has this one too. */
const MAX_OBJECT_BYTES = 32 * 1024 * 1024;
const DYNAMODB_TARGET = "DynamoDB_20120810.";

export interface FrontDeps {
  /** The only access key id that is let in. */
  readonly accessKeyId: string;
  readonly autoscaling: AwsService;
  readonly ec2: AwsService;
  readonly elbv2: AwsService;
  readonly sts: AwsService;
  /** Services of the JSON protocol, by what their targets begin with. */
  readonly json: Readonly<
    Record<"AmazonSQS" | "AmazonSSM" | "CodeDeploy_20141006" | "AmazonEC2ContainerRegistry_V20150921", AwsService>
  >;
  /** The bucket of the fleet's revisions. */
  readonly objects: ObjectStore;
  readonly disturbances: Pick<Disturbances, "throttled" | "refusedActions" | "dynamodbDown">;
  /** Handles DynamoDB requests whole, body included. */
  readonly dynamodb: (request: IncomingMessage, response: ServerResponse) => void;
  readonly newRequestId: () => string;
}

/** An HTTP server that speaks AWS's protocols for all services on one address, as with an endpoint override. Not yet listening. */
export function createAwsFront(deps: FrontDeps): Server {
  const throttle = createThrottle(deps.disturbances);
  const server = createServer((request, response) => {
    const target = header(request, "x-amz-target");
    const isS3 = readCredential(request.headers.authorization)?.service === "s3";
    if (target.startsWith(DYNAMODB_TARGET)) handleDynamoDb(deps, throttle, request, response);
    else if (isS3) void handleS3(deps, throttle, request).then((answer) => writeS3(response, answer));
    else void handle(deps, throttle, request, target).then((answer) => write(response, answer));
  });
  server.keepAliveTimeout = 65_000;
  return server;
}

function handleDynamoDb(deps: FrontDeps, throttle: Throttle, request: IncomingMessage, response: ServerResponse): void {
  if (deps.disturbances.dynamodbDown) {
    request.socket.destroy();
    return;
  }
  try {
    requireAccessKey(readCredential(request.headers.authorization), deps.accessKeyId, "json");
    throttle("json");
  } catch (error) {
    request.resume();
    write(response, encodeError("json", asAwsError(error), deps.newRequestId()));
    return;
  }
  deps.dynamodb(request, response);
}

async function handleS3(deps: FrontDeps, throttle: Throttle, request: IncomingMessage): Promise<S3Response> {
  const { method = "GET", url = "/", headers } = request;
  try {
    const body = await readBody(request, MAX_OBJECT_BYTES);
    if (readCredential(headers.authorization)?.accessKeyId !== deps.accessKeyId)
      throw new AwsError(
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
        403,
      );
    throttle("s3");
    return answerS3(deps.objects, { method, url, headers, body });
  } catch (error) {
    return s3Error(asAwsError(error), deps.newRequestId(), method);
  }
}

function writeS3(response: ServerResponse, { status, headers, body }: S3Response): void {
  response.writeHead(status, headers);
  response.end(body);
}

async function handle(
  deps: FrontDeps,
  throttle: Throttle,
  request: IncomingMessage,
  target: string,
): Promise<WireResponse> {
  const requestId = deps.newRequestId();
  const credential = readCredential(request.headers.authorization);
  const isJson = target !== "" || header(request, "content-type").startsWith("application/x-amz-json");
  let protocol: AwsService["protocol"] = isJson ? "json" : credential?.service === "ec2" ? "ec2" : "query";
  try {
    requireAccessKey(credential, deps.accessKeyId, protocol);
    const body = (await readBody(request, MAX_BODY_BYTES)).toString("utf8");
    throttle(protocol);
    if (isJson) {
      const [prefix = "", name = ""] = target.split(".");
      const service = Object.entries(deps.json).find(([known]) => known === prefix)?.[1];
      const run = service && lookUp(service, name);
      if (!run)
        throw new AwsError(
          "UnknownOperationException",
          `Operation ${target || "without X-Amz-Target"} is not known here.`,
        );
      refuseAction(deps.disturbances, "json", name);
      return encodeOutput("json", name, await run(parseJson(body)), requestId);
    }
    const { Action: name, Version: version, ...parameters } = parseQueryParameters(body);
    const service = [deps.ec2, deps.elbv2, deps.sts].find((each) => each.version === version) ?? deps.autoscaling;
    protocol = service.protocol;
    const run = typeof name === "string" && version === service.version ? lookUp(service, name) : undefined;
    if (!run || typeof name !== "string")
      throw new AwsError("InvalidAction", `Could not find operation ${String(name)} for version ${String(version)}.`);
    refuseAction(deps.disturbances, protocol, name);
    return encodeOutput(protocol, name, await run(parameters), requestId, service.namespace);
  } catch (error) {
    return encodeError(protocol, asAwsError(error), requestId);
  }
}

function lookUp(service: AwsService, name: string) {
  return Object.hasOwn(service.actions, name) ? service.actions[name] : undefined;
}

function parseJson(body: string): unknown {
  try {
    return body === "" ? {} : JSON.parse(body);
  } catch {
    throw new AwsError("SerializationException", "The body is not JSON.");
  }
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
  }
  if (length > limit) throw new AwsError("RequestEntityTooLarge", `The body has more than ${limit} bytes.`, 413);
  return Buffer.concat(chunks);
}

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  return new AwsError("InternalFailure", `The emulator failed: ${messageOf(error)}`, 500);
}

function write(response: ServerResponse, answer: WireResponse): void {
  response.writeHead(answer.status, {
    "content-type": answer.contentType,
    "content-length": Buffer.byteLength(answer.body),
  });
  response.end(answer.body);
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}
