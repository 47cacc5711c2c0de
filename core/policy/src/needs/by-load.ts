import { rounded } from "../numbers/bounds.ts";
import { type NeedSource, namesOf } from "./need.ts";

/** Each worker is able to run every service, so the service that needs most binds. */
export const byLoad: NeedSource = {
  name: "load",
  says: "the largest over services of demand / (`headroom` · C · `replicas.max`)",
  of: ({ config, demands, observation }) => {
    const { headroom } = config.scaling;
    let binding = { share: 0, service: "", requestsPerSecond: 0, capacityPerWorker: 0 };
    let atMost = 0;
    let isUnknown = false;
    const problems: string[] = [];
    const sized = Object.entries(config.services).filter(([, service]) => service.capacity !== undefined);
    if (sized.length === 0) return undefined;
    for (const [name, service] of sized) {
      const demand = observation.demand[name] ?? { ok: false, problem: "not observed" };
      if (!demand.ok) {
        isUnknown = true;
        problems.unshift(`${name}: ${demand.problem}`);
        continue;
      }
      const { growth = 0, unread = [] } = demands[name] ?? {};
      const requestsPerSecond = demand.value + growth;
      const capacityPerWorker = (service.capacity?.requestsPerSecond ?? Number.NaN) * service.replicas.max;
      const share = requestsPerSecond / (headroom * capacityPerWorker);
      if (share >= binding.share) binding = { share, service: name, requestsPerSecond, capacityPerWorker };
      if (unread.length > 0) problems.push(`the load of ${name} on ${namesOf(unread)} cannot be read`);
      atMost = Math.max(atMost, share + unread.length / headroom);
    }
    const { service, requestsPerSecond, capacityPerWorker } = binding;
    return {
      atLeast: binding.share,
      atMost: isUnknown ? undefined : atMost,
      problems,
      numbers: { service, requestsPerSecond: rounded(requestsPerSecond), capacityPerWorker, headroom },
    };
  },
};
