import type { Gap } from "../pass-through.ts";

/** Where moto's alarms, topics and queues differ from AWS's. */
export const noticeGaps: readonly Gap[] = [
  {
    why: "moto makes composite alarms by the call for the others",
    calls: ["cloudwatch:PutCompositeAlarm"],
    request: (request) => ({
      ...request,
      body: request.body.replace("Action=PutCompositeAlarm", "Action=PutMetricAlarm"),
    }),
    answer: (answer) => ({ ...answer, body: answer.body.replaceAll("PutMetricAlarm", "PutCompositeAlarm") }),
  },
  {
    // Nobody reads the mail in which AWS asks.
    why: "on moto a subscription by mail needs no confirmation",
    calls: ["sns:GetSubscriptionAttributes"],
    answer: (answer) => ({
      ...answer,
      body: answer.body.includes("<key>Protocol</key><value>email</value>")
        ? answer.body.replace(
            "<key>PendingConfirmation</key><value>false</value>",
            "<key>PendingConfirmation</key><value>true</value>",
          )
        : answer.body,
    }),
  },
  {
    why: "moto writes JSON within JSON with blanks, which Terraform's provider compares as text",
    calls: ["sqs:GetQueueAttributes"],
    answer: (answer) => ({
      ...answer,
      body: JSON.stringify(
        JSON.parse(answer.body, (key, value: unknown) =>
          key === "RedrivePolicy" && typeof value === "string" ? JSON.stringify(JSON.parse(value)) : value,
        ),
      ),
    }),
  },
];

/** A zone that is made with a VPC is that VPC's own. */
export const privateZones: Gap = {
  why: "moto takes a zone for private only where that is said as well, and forgets its VPC otherwise",
  calls: ["route53:CreateHostedZone"],
  request: (request) => {
    if (!request.body.includes("<VPC>") || request.body.includes("<PrivateZone>")) return request;
    const isPrivate = "<PrivateZone>true</PrivateZone>";
    return {
      ...request,
      body: request.body.includes("</HostedZoneConfig>")
        ? request.body.replace("</HostedZoneConfig>", `${isPrivate}</HostedZoneConfig>`)
        : request.body.replace("<VPC>", `<HostedZoneConfig>${isPrivate}</HostedZoneConfig><VPC>`),
    };
  },
};
