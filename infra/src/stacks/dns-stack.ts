import { DnsRecord } from "@cdktf/provider-cloudflare/lib/dns-record/index.js";
import { CloudflareProvider } from "@cdktf/provider-cloudflare/lib/provider/index.js";
import type { FleetConfig } from "@compose-fleet/fleet";
import { DataTerraformRemoteStateS3, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { stackName } from "../account/names.ts";
import { stateBucketName, stateKey, useStateBucket } from "../account/state-backend.ts";

/** Outputs of the fleet's stack that this one reads: lists with an address per zone, in the order of `network.zones`. */
export const ADDRESS_OUTPUTS = { ipv4: "load_balancer_ipv4", ipv6: "load_balancer_ipv6" } as const;

/** Seconds: short enough to move a name within minutes. */
const TTL_SECONDS = 300;

/** Public records of the load balancer's addresses. A stack of its own, so that the fleet's needs one provider only. */
export class DnsStack extends TerraformStack {
  constructor(scope: Construct, config: FleetConfig, dns: NonNullable<FleetConfig["dns"]>) {
    super(scope, stackName(config, "dns"));
    useStateBucket(this, config, "dns");
    // Its token is in the environment, CLOUDFLARE_API_TOKEN.
    new CloudflareProvider(this, "cloudflare");
    const fleet = new DataTerraformRemoteStateS3(this, "fleet", {
      bucket: stateBucketName(config),
      key: stateKey(config, "fleet"),
      region: config.region,
    });
    for (const [type, output] of [
      ["A", ADDRESS_OUTPUTS.ipv4],
      ["AAAA", ADDRESS_OUTPUTS.ipv6],
    ] as const) {
      for (const [index, zone] of config.network.zones.entries()) {
        new DnsRecord(this, `${type.toLowerCase()}-${zone}`, {
          zoneId: dns.zoneId,
          name: dns.name,
          type,
          content: fleet.getString(`${output}[${index}]`),
          ttl: TTL_SECONDS,
          // The load balancer answers by itself, also over IPv6 and without HTTP's limits of a proxy.
          proxied: false,
        });
      }
    }
    new TerraformOutput(this, "next", {
      value: `Within ${TTL_SECONDS / 60} minutes: curl http${config.tls ? "s" : ""}://${dns.name}/`,
    });
  }
}
