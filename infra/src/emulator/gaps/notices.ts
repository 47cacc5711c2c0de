import type { Gap } from "./pass-through.ts";
import { element, mapElements } from "./xml.ts";

/** Where moto's alarms, topics and queues differ from AWS's. */
export function noticeGaps(): readonly Gap[] {
  return [...compositeAlarms(), ...subscriptionsAndQueues];
}

/** moto knows no composite alarms: they are kept there as alarms of the other kind, and given back with their rule. */
function compositeAlarms(): readonly Gap[] {
  const ruleOf = new Map<string, string>();
  return [
    {
      why: "moto makes alarms by one call only",
      calls: ["cloudwatch:PutCompositeAlarm"],
      request: (request) => {
        const form = new URLSearchParams(request.body);
        ruleOf.set(form.get("AlarmName") ?? "", form.get("AlarmRule") ?? "");
        form.set("Action", "PutMetricAlarm");
        form.delete("AlarmRule");
        return { ...request, body: form.toString() };
      },
      answer: (answer) => ({ ...answer, body: answer.body.replaceAll("PutMetricAlarm", "PutCompositeAlarm") }),
    },
    {
      why: "and forgets their rule",
      calls: ["cloudwatch:DescribeAlarms"],
      answer: (answer, request) => {
        if (new URLSearchParams(request.body).get("AlarmTypes.member.1") !== "CompositeAlarm") return answer;
        const body = answer.body
          .replace(/<CompositeAlarms\/>|<CompositeAlarms><\/CompositeAlarms>/, "")
          .replace(/(<\/?)MetricAlarms(\/?>)/g, "$1CompositeAlarms$2");
        return { ...answer, body: mapElements(body, "member", (alarm) => withRule(alarm, ruleOf)) };
      },
    },
  ];
}

function withRule(alarm: string, ruleOf: ReadonlyMap<string, string>): string {
  const rule = ruleOf.get(element(alarm, "AlarmName") ?? "");
  if (rule === undefined) return alarm;
  return `${alarm}<AlarmRule>${rule.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</AlarmRule>`;
}

const subscriptionsAndQueues: readonly Gap[] = [
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
