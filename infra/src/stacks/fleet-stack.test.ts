import type { FleetConfigInput } from "@compose-fleet/fleet";
import { describe, expect, test } from "vitest";
import { type Block, synthStack, testFleet } from "../testing/synth.ts";
import { ADDRESS_OUTPUTS } from "./dns-stack.ts";
import { FleetStack } from "./fleet-stack.ts";

const fleet = (input: Partial<FleetConfigInput> = {}) => synthStack((app) => new FleetStack(app, testFleet(input)));
type Resources = Record<string, Record<string, Block>>;

test("a plan asks AWS nothing: there are no data sources", () => {
  expect(fleet().json.data).toBeUndefined();
});

test("machines start after the routes, the rules and the rights that they need", () => {
  const { one } = fleet();
  for (const type of ["aws_autoscaling_group", "aws_instance"]) {
    const after = one(type).depends_on as string[];
    expect(after.some((each) => each.startsWith("aws_route_table_association"))).toBe(true);
    expect(after.some((each) => each.startsWith("aws_vpc_security_group_egress_rule"))).toBe(true);
  }
  for (const profile of Object.values(fleet().all("aws_iam_instance_profile")))
    expect(profile.depends_on).toEqual([expect.stringContaining("aws_iam_role_policy")]);
});

describe("several environments in one account", () => {
  /** Every literal name of a resource that AWS keeps unique, as `type name`. */
  function namesOf(environment: string): string[] {
    const resources = fleet({ environment }).json.resource as Resources;
    return Object.entries(resources).flatMap(([type, all]) =>
      Object.values(all).flatMap((block) =>
        ["name", "bucket_prefix", "deployment_group_name", "alarm_name"]
          .map((field) => block[field])
          .filter((name) => typeof name === "string" && !name.includes("${"))
          .map((name) => `${type} ${name}`),
      ),
    );
  }
  test("share no name", () => {
    const stage = new Set(namesOf("stage"));
    // Groups of CodeDeploy are named within their application, a private zone within its VPC.
    const own = namesOf("dev").filter((name) => !/^aws_(codedeploy_deployment_group|route53_)/.test(name));
    expect(own.length).toBeGreaterThan(20);
    expect(own.filter((name) => stage.has(name))).toEqual([]);
  });
});

test("outputs give the dns stack an address per zone and family, and people the next steps", () => {
  const output = fleet({ notify: { email: "ops@example.com" } }).json.output as Resources;
  expect(output[ADDRESS_OUTPUTS.ipv4]?.value).toHaveLength(2);
  expect(output[ADDRESS_OUTPUTS.ipv6]?.value).toHaveLength(2);
  expect(output.next?.value).toContain("3. ops@example.com: confirm");
});

test("an output says how the load balancer gets other zones", () => {
  const output = fleet().json.output as Resources;
  expect(output.set_subnets?.value).toMatch(
    /^aws elbv2 set-subnets .*( |\})SubnetId=.*AllocationId=.*IPv6Address=.* SubnetId=/,
  );
});

test("deploy.protect asks for a way to the volume's snapshots and nothing that a release would need", () => {
  const types = Object.keys(fleet({ deploy: { protect: true } }).json.resource as Resources);
  const plain = Object.keys(fleet().json.resource as Resources);
  expect(types.filter((type) => !plain.includes(type))).toEqual(["aws_dlm_lifecycle_policy"]);
});
