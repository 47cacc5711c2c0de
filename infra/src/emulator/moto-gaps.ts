import { balancerGaps } from "./gaps/balancer.ts";
import { machineGaps } from "./gaps/machines.ts";
import { networkGaps } from "./gaps/network.ts";
import { noticeGaps, privateZones } from "./gaps/notices.ts";
import type { Gap } from "./gaps/pass-through.ts";
import { releaseGaps } from "./gaps/releases.ts";
import { tlsOnlyPolicies } from "./gaps/tls-only-policies.ts";

/**
 * Where moto 5.2 differs from AWS in what Terraform and we ask. One list per emulator: some remember what they saw. Each is moto's own
 * fault; what AWS answers so that the provider stumbles is answered so here, too, since a second plan has to be empty on both.
 */
export function createMotoGaps(): readonly Gap[] {
  return [
    ...networkGaps(),
    ...machineGaps(),
    ...balancerGaps(),
    ...releaseGaps(),
    ...noticeGaps(),
    privateZones,
    ...tlsOnlyPolicies(),
  ];
}
