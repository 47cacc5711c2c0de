import { gunzipSync } from "node:zlib";
import { RunInstancesCommand } from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { createEc2BakingInstances, toInstance } from "./ec2-images.ts";

test.each([
  ["from inside, as user data does at its end", "stopped", "Client.InstanceInitiatedShutdown", true],
  ["by somebody with the API", "stopped", "Client.UserInitiatedShutdown", false],
  ["by EC2", "stopped", "Server.ScheduledStop", false],
  ["not yet", "running", "", false],
] as const)("turned off %s", (_how, state, code, expected) => {
  expect(toInstance({ InstanceId: "i-1", State: { Name: state }, StateReason: { Code: code } }).turnedItselfOff).toBe(
    expected,
  );
});

test("it is launched as the workers' template says, but from its own image, and stops instead of terminating", async () => {
  const sent: RunInstancesCommand[] = [];
  const send = async (command: unknown) => {
    if (command instanceof RunInstancesCommand) sent.push(command);
    return { Instances: [{ InstanceId: "i-1" }] };
  };
  const instances = createEc2BakingInstances({ send } as never);
  const launch = {
    template: "workers",
    subnetId: "subnet-1",
    image: "resolve:ssm:/x",
    userData: "#!/bin/bash\n",
    tags: { a: "b" },
    token: "t",
  };
  expect(await instances.launch(launch)).toBe("i-1");
  expect(sent[0]?.input).toMatchObject({
    LaunchTemplate: { LaunchTemplateName: "workers", Version: "$Latest" },
    ImageId: "resolve:ssm:/x",
    ClientToken: "t",
    InstanceInitiatedShutdownBehavior: "stop",
  });
  expect(gunzipSync(Buffer.from(sent[0]?.input.UserData ?? "", "base64")).toString()).toBe("#!/bin/bash\n");
});
