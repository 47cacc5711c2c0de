import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { testFleet } from "../testing/synth.ts";
import { monitoringStatements } from "./monitoring-statements.ts";

const WH = fileURLToPath(new URL("../../../wh/src/", import.meta.url));
/** The service of each SDK package that wh's adapters import commands from, and the calls of DynamoDB's document client by another name. */
const SERVICES: Readonly<Record<string, string>> = {
  "@aws-sdk/client-auto-scaling": "autoscaling",
  "@aws-sdk/client-codedeploy": "codedeploy",
  "@aws-sdk/client-ssm": "ssm",
  "@aws-sdk/lib-dynamodb": "dynamodb",
};
const DOCUMENT_CALLS: Readonly<Record<string, string>> = {
  BatchWrite: "BatchWriteItem",
  Delete: "DeleteItem",
  Get: "GetItem",
  Put: "PutItem",
  Query: "Query",
  Update: "UpdateItem",
};

/** The IAM actions of the SDK commands that wh's sources import. */
function callsOfWh(): string[] {
  const actions = new Set<string>();
  for (const file of readdirSync(WH, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts") || file.startsWith("test-support")) continue;
    const imports = readFileSync(`${WH}${file}`, "utf8").matchAll(/import\s*\{([^}]*)\}\s*from "(@aws-sdk\/[^"]+)"/g);
    for (const [, names = "", from = ""] of imports) {
      for (const [, command = ""] of names.matchAll(/(\w+)Command\b/g)) {
        const service = SERVICES[from] ?? from;
        actions.add(`${service}:${service === "dynamodb" ? (DOCUMENT_CALLS[command] ?? command) : command}`);
      }
    }
  }
  return [...actions].sort();
}

test("the role allows what wh calls, and no more of these services", () => {
  const allowed = monitoringStatements(testFleet(), {
    repositoryArns: [],
    revisionBucketArn: "",
    revisionPrefix: "",
    logGroupArn: "",
    tableArn: "",
    documentArns: [],
  })
    .flatMap(({ actions }) => actions)
    .filter((action) => /^(autoscaling|codedeploy|dynamodb|ssm):/.test(action))
    // The agent's own, and reading the stack's secrets.
    .filter((action) => !["ssm:UpdateInstanceInformation", "ssm:GetParameter"].includes(action));
  expect(callsOfWh()).toEqual([...new Set(allowed)].sort());
});
