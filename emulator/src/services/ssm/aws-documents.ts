import { parseDocument, type SsmDocument } from "./document.ts";

/** AWS's own documents that commands run by, as far as the fleet uses them. */
const CONTENTS: Readonly<Record<string, object>> = {
  "AWS-RunShellScript": {
    schemaVersion: "2.2",
    parameters: {
      commands: { type: "StringList" },
      executionTimeout: { type: "String", default: "3600", allowedPattern: "[1-9][0-9]{0,5}" },
    },
    mainSteps: [
      {
        action: "aws:runShellScript",
        name: "runShellScript",
        inputs: { runCommand: ["{{ commands }}"], timeoutSeconds: "{{ executionTimeout }}" },
      },
    ],
  },
};

/** A document that AWS brings; undefined where it is none of those that are known here. */
export function awsDocument(name: string, nowMs: number): SsmDocument | undefined {
  return Object.hasOwn(CONTENTS, name) ? parseDocument(name, JSON.stringify(CONTENTS[name]), nowMs) : undefined;
}
