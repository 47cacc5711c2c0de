import { describeEc2Contract } from "./ec2-contract.ts";
import { createFakeEc2 } from "./fake-images.ts";

describeEc2Contract("the fake", async () => {
  const ec2 = createFakeEc2(() => 1);
  return {
    instances: ec2.instances,
    images: ec2.images,
    launch: { template: "workers", subnetId: "subnet-1", image: "ami-1" },
    turnOff: async (id) => ec2.become(id, "stopped", true),
    close: async () => {},
  };
});
