import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import {
  VpcSecurityGroupEgressRule,
  type VpcSecurityGroupEgressRuleConfig,
} from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import {
  VpcSecurityGroupIngressRule,
  type VpcSecurityGroupIngressRuleConfig,
} from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { type FleetConfig, OPEN_PORTS, PORTS, type Reach, reachTarget } from "@compose-fleet/fleet";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { resourceName } from "../account/names.ts";

export interface SecurityGroupsProps {
  readonly config: FleetConfig;
  readonly vpcId: string;
}

const ANYWHERE = { ipv4: { cidrIpv4: "0.0.0.0/0" }, ipv6: { cidrIpv6: "::/0" } } as const;

/*
 * Who may open a connection to whom; whatever is not drawn is closed, SSH and the consoles included.
 *
 *   internet ── 80, 443 ──► load balancer ── 8480, 8443 ──► workers ── 9090 ──► monitoring
 *                                                              ◄────── 8080 ──────┘
 *   workers, monitoring ── 80, 443 ──► internet (packages, images, AWS, what services call)
 *   workers ── workers.reaches ──► databases and the like; their own groups let the workers in
 */

/** The three groups and every rule between them. */
export class SecurityGroups extends Construct {
  readonly loadBalancer: SecurityGroup;
  readonly workers: SecurityGroup;
  readonly monitoring: SecurityGroup;
  /** Every rule; a machine that boots before them reaches nothing. */
  readonly rules: ITerraformDependable[] = [];

  constructor(scope: Construct, id: string, { config, vpcId }: SecurityGroupsProps) {
    super(scope, id);
    const group = (kind: string, description: string): SecurityGroup =>
      new SecurityGroup(this, kind, {
        name: resourceName(config, kind),
        description,
        vpcId,
        tags: { Name: resourceName(config, kind) },
      });
    this.loadBalancer = group("load-balancer", "Traffic from everywhere to the workers");
    this.workers = group("workers", "Traffic from the load balancer, metrics to monitoring");
    this.monitoring = group("monitoring", "Remote write from the workers");

    for (const port of config.tls ? [PORTS.http, PORTS.https] : [PORTS.http]) this.fromAnywhere(port);
    for (const port of config.tls ? [PORTS.workerHttp, PORTS.workerHttps] : [PORTS.workerHttp])
      this.between(
        `load-balancer-to-workers-${port}`,
        this.loadBalancer,
        this.workers,
        port,
        "traffic and health checks",
      );
    this.between("monitoring-to-workers", this.monitoring, this.workers, PORTS.workerMetrics, "scrapes");
    this.between("workers-to-monitoring", this.workers, this.monitoring, PORTS.prometheus, "remote write");
    for (const [kind, source] of Object.entries({ workers: this.workers, monitoring: this.monitoring }))
      for (const port of OPEN_PORTS) this.toAnywhere(kind, source, port);
    for (const reach of config.workers.reaches) this.reaches(reach);
  }

  /** The id is what the rule says: the order in fleet.yaml may change. */
  private reaches({ port, to, protocol }: Reach): void {
    const target = reachTarget(to);
    const destination = {
      group: () => ({ referencedSecurityGroupId: to }),
      ipv4: () => ({ cidrIpv4: to }),
      ipv6: () => ({ cidrIpv6: to }),
    }[target.kind]();
    this.egress(`workers-reach-${protocol}-${port}-${to.replaceAll(/[^a-z0-9]/g, "-")}`, {
      securityGroupId: this.workers.id,
      description: "workers.reaches in fleet.yaml",
      ipProtocol: protocol,
      fromPort: port,
      toPort: port,
      ...destination,
    });
  }

  private fromAnywhere(port: number): void {
    for (const [family, cidr] of Object.entries(ANYWHERE))
      this.ingress(`internet-${port}-${family}`, {
        securityGroupId: this.loadBalancer.id,
        description: `clients on port ${port}`,
        ...tcp(port),
        ...cidr,
      });
  }

  private toAnywhere(kind: string, source: SecurityGroup, port: number): void {
    for (const [family, cidr] of Object.entries(ANYWHERE))
      this.egress(`${kind}-out-${port}-${family}`, {
        securityGroupId: source.id,
        description: "packages, images and AWS",
        ...tcp(port),
        ...cidr,
      });
  }

  private between(id: string, from: SecurityGroup, to: SecurityGroup, port: number, description: string): void {
    this.egress(`${id}-out`, {
      securityGroupId: from.id,
      referencedSecurityGroupId: to.id,
      description,
      ...tcp(port),
    });
    this.ingress(`${id}-in`, {
      securityGroupId: to.id,
      referencedSecurityGroupId: from.id,
      description,
      ...tcp(port),
    });
  }

  private ingress(id: string, rule: VpcSecurityGroupIngressRuleConfig): void {
    this.rules.push(new VpcSecurityGroupIngressRule(this, id, rule));
  }

  private egress(id: string, rule: VpcSecurityGroupEgressRuleConfig): void {
    this.rules.push(new VpcSecurityGroupEgressRule(this, id, rule));
  }
}

function tcp(port: number): { readonly ipProtocol: string; readonly fromPort: number; readonly toPort: number } {
  return { ipProtocol: "tcp", fromPort: port, toPort: port };
}
