import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
} from "@aws-sdk/client-ssm";
import { describe, expect, test } from "vitest";
import { withFront } from "../../../test/with-front.ts";

const given = withFront();

describe("SSM parameters", () => {
  const put = (Name: string, Value: string, more: object = {}) =>
    given.sdk.ssm.send(new PutParameterCommand({ Name, Value, Type: "String", ...more }));

  test("count versions and are overwritten only when asked", async () => {
    expect((await put("/fleet/c/t/replicas", "1")).Version).toBe(1);
    await expect(put("/fleet/c/t/replicas", "2")).rejects.toMatchObject({ name: "ParameterAlreadyExists" });
    expect((await put("/fleet/c/t/replicas", "2", { Overwrite: true })).Version).toBe(2);
    const { Parameter } = await given.sdk.ssm.send(new GetParameterCommand({ Name: "/fleet/c/t/replicas" }));
    expect(Parameter).toMatchObject({ Value: "2", Version: 2, LastModifiedDate: expect.any(Date) });
  });

  test("give a secret away only decrypted on request", async () => {
    await put("/fleet/c/t/secrets/KEY", "hunter2", { Type: "SecureString" });
    const closed = await given.sdk.ssm.send(new GetParameterCommand({ Name: "/fleet/c/t/secrets/KEY" }));
    expect(closed.Parameter?.Value).not.toContain("hunter2");
    const open = await given.sdk.ssm.send(
      new GetParameterCommand({ Name: "/fleet/c/t/secrets/KEY", WithDecryption: true }),
    );
    expect(open.Parameter?.Value).toBe("hunter2");
  });

  test("are found by path and by names, and can be deleted", async () => {
    const direct = await given.sdk.ssm.send(new GetParametersByPathCommand({ Path: "/fleet/c/t" }));
    expect(direct.Parameters?.map((each) => each.Name)).toEqual(["/fleet/c/t/replicas"]);
    const all = await given.sdk.ssm.send(new GetParametersByPathCommand({ Path: "/fleet/c/t", Recursive: true }));
    expect(all.Parameters).toHaveLength(2);
    const named = await given.sdk.ssm.send(new GetParametersCommand({ Names: ["/fleet/c/t/replicas", "/none"] }));
    expect(named.InvalidParameters).toEqual(["/none"]);
    await given.sdk.ssm.send(new DeleteParameterCommand({ Name: "/fleet/c/t/replicas" }));
    await expect(given.sdk.ssm.send(new GetParameterCommand({ Name: "/fleet/c/t/replicas" }))).rejects.toMatchObject({
      name: "ParameterNotFound",
    });
  });

  test.each([
    ["no value", "/fleet/x", "", {}],
    ["a reserved name", "/aws/x", "1", {}],
    ["blanks in the name", "/fleet/a b", "1", {}],
    ["more than 4 KB", "/fleet/x", "x".repeat(4097), {}],
    ["no type", "/fleet/new", "1", { Type: undefined }],
  ])("refuse %s", async (_rule, name, value, more) => {
    await expect(put(name, value, more)).rejects.toMatchObject({ name: "ValidationException" });
  });
});
