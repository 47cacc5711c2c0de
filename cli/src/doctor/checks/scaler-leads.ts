import type { Check } from "../check.ts";

/** The state table's lease says who acts. The token of the API is tried with it. */
export const scalerLeads: Check = {
  name: "a scaler leads",
  find: async ({ status }) => {
    const { leader } = await status();
    if (leader.mandate === "everything") return [];
    const fix = "look at the state table and its alarms, and at the scalers' logs: fleet logs wh";
    if (leader.mandate === "scale-out")
      return [{ text: `the state table is away: ${leader.holder ?? "the last leader"} may only scale out`, fix }];
    return [{ text: `no scaler that answers leads; the lease is ${leader.holder ?? "nobody"}'s`, fix }];
  },
};
