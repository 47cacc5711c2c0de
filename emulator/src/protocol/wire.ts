import type { AwsError } from "../refusals/aws-error.ts";
import type { AwsService } from "./action.ts";
import { ec2Style, escapeXml, queryStyle, toXml } from "./xml.ts";

/** A response ready to be written. */
export interface WireResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const AUTO_SCALING_NAMESPACE = "http://autoscaling.amazonaws.com/doc/2011-01-01/";
const EC2_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";

/** A successful answer in the service's protocol. */
export function encodeOutput(
  protocol: AwsService["protocol"],
  actionName: string,
  output: object,
  requestId: string,
  namespace = AUTO_SCALING_NAMESPACE,
): WireResponse {
  if (protocol === "json") return json(200, output);
  const response = `${actionName}Response`;
  if (protocol === "ec2")
    return xml(
      200,
      `<${response} xmlns="${EC2_NAMESPACE}"><requestId>${requestId}</requestId>${toXml(output, response, ec2Style)}</${response}>`,
    );
  const result = `<${actionName}Result>${toXml(output, `${actionName}Result`, queryStyle)}</${actionName}Result>`;
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return xml(200, `<${response} xmlns="${namespace}">${result}${metadata}</${response}>`);
}

/** A refusal in the service's protocol. */
export function encodeError(protocol: AwsService["protocol"], error: AwsError, requestId: string): WireResponse {
  if (protocol === "json") return json(error.status, { __type: error.code, message: error.message });
  const fields = `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
  if (protocol === "ec2")
    return xml(
      error.status,
      `<Response><Errors><Error>${fields}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
    );
  const type = error.status < 500 ? "Sender" : "Receiver";
  return xml(
    error.status,
    `<ErrorResponse xmlns="${AUTO_SCALING_NAMESPACE}"><Error><Type>${type}</Type>${fields}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  );
}

function xml(status: number, body: string): WireResponse {
  return { status, contentType: "text/xml", body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` };
}

/** awsJson writes times as epoch seconds. */
function json(status: number, value: object): WireResponse {
  const body = JSON.stringify(value, function replace(this: Record<string, unknown>, key, encoded) {
    const original = this[key];
    return original instanceof Date ? original.getTime() / 1000 : encoded;
  });
  return { status, contentType: "application/x-amz-json-1.1", body };
}
