import {
  CreateDocumentCommand,
  DescribeDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  GetDocumentCommand,
  ListCommandInvocationsCommand,
  SendCommandCommand,
} from "@aws-sdk/client-ssm";
import { describe, expect, test } from "vitest";
import { withFront } from "../../../test/with-front.ts";

const given = withFront();

const invocation = (CommandId: string, InstanceId: string) =>
  given.sdk.ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));

/** Sends the document to the first worker and waits for a final state. */
async function runDocument(service: string, seconds = "0") {
  const InstanceId = given.front.workers.group().instances[0]?.id ?? "";
  const id = await given.atOneMoment(async () => {
    const { Command } = await given.sdk.ssm.send(
      new SendCommandCommand({
        DocumentName: "fleet-scale",
        InstanceIds: [InstanceId],
        Parameters: { service: [service], seconds: [seconds] },
      }),
    );
    const sent = Command?.CommandId ?? "";
    await expect(invocation(sent, InstanceId)).rejects.toMatchObject({ name: "InvocationDoesNotExist" });
    return sent;
  });
  return expect.poll(async () => {
    const { Status, StatusDetails, StandardOutputContent, ResponseCode } = await invocation(id, InstanceId).catch(
      () => ({
        Status: undefined,
        StatusDetails: undefined,
        StandardOutputContent: undefined,
        ResponseCode: undefined,
      }),
    );
    return { Status, StatusDetails, StandardOutputContent, ResponseCode };
  });
}

describe("SSM commands", () => {
  test("run the document's script; reads see them a little later", async () => {
    await (await runDocument("web")).toEqual({
      Status: "Success",
      StatusDetails: "Success",
      StandardOutputContent: "service web\n",
      ResponseCode: 0,
    });
    const { CommandInvocations } = await given.sdk.ssm.send(new ListCommandInvocationsCommand({}));
    expect(CommandInvocations?.[0]).toMatchObject({
      DocumentName: "fleet-scale",
      Status: "Success",
      RequestedDateTime: expect.any(Date),
    });
  });

  test("report a script that fails", async () => {
    await (await runDocument("bad")).toMatchObject({ Status: "Failed", ResponseCode: 1 });
  });

  test("kill a script at the document's time limit", async () => {
    await (await runDocument("web", "30")).toMatchObject({ Status: "TimedOut", StatusDetails: "ExecutionTimedOut" });
  });

  const send = (change: object) =>
    given.sdk.ssm.send(
      new SendCommandCommand({
        DocumentName: "fleet-scale",
        InstanceIds: [given.front.workers.group().instances[0]?.id ?? ""],
        Parameters: { service: ["web"] },
        ...change,
      }),
    );

  test.each([
    ["shell characters in a parameter", { Parameters: { service: ["web; reboot"] } }, "InvalidParameters"],
    ["a line break behind a good parameter", { Parameters: { service: ["web\n"] } }, "InvalidParameters"],
    ["a parameter that the document lacks", { Parameters: { service: ["web"], other: ["x"] } }, "InvalidParameters"],
    ["a missing parameter", { Parameters: {} }, "InvalidParameters"],
    ["an unknown document", { DocumentName: "another" }, "InvalidDocument"],
    ["an instance that is not managed", { InstanceIds: ["i-00000000000000000"] }, "InvalidInstanceId"],
    [
      "more than 50 instances",
      { InstanceIds: Array.from({ length: 51 }, () => "i-00000000000000000") },
      "ValidationException",
    ],
    ["a delivery time below 30 s", { TimeoutSeconds: 5 }, "ValidationException"],
  ])("refuse %s", async (_rule, change, name) => {
    await expect(send(change)).rejects.toMatchObject({ name });
  });

  test("know which instances are online", async () => {
    const { InstanceInformationList } = await given.sdk.ssm.send(new DescribeInstanceInformationCommand({}));
    expect(InstanceInformationList?.map((each) => each.PingStatus)).toEqual(
      given.front.workers.group().instances.map(() => "Online"),
    );
  });

  test("keep documents", async () => {
    const { Content } = await given.sdk.ssm.send(new GetDocumentCommand({ Name: "fleet-scale" }));
    expect(JSON.parse(Content ?? "").schemaVersion).toBe("2.2");
    await given.sdk.ssm.send(new CreateDocumentCommand({ Name: "fleet-copy", Content, DocumentType: "Command" }));
    const { Document } = await given.sdk.ssm.send(new DescribeDocumentCommand({ Name: "fleet-copy" }));
    expect(Document).toMatchObject({ Status: "Active", SchemaVersion: "2.2" });
    await expect(given.sdk.ssm.send(new CreateDocumentCommand({ Name: "fleet-copy", Content }))).rejects.toMatchObject({
      name: "DocumentAlreadyExists",
    });
    await expect(
      given.sdk.ssm.send(new CreateDocumentCommand({ Name: "fleet-bad", Content: "{}" })),
    ).rejects.toMatchObject({
      name: "InvalidDocumentContent",
    });
  });
});
