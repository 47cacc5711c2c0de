import type { Check } from "../check.ts";

/** A channel that refuses is noticed on the night when it matters. */
export const notifications: Check = {
  name: "notifications arrive",
  find: async ({ metric }) => {
    const failed = await metric(
      "sum by (integration, reason) (increase(alertmanager_notifications_failed_total[1h])) > 0",
    );
    return failed.map(({ labels: { integration = "?", reason }, value }) => ({
      text: `${Math.ceil(value)} notifications by ${integration} failed in the last hour${reason ? ` (${reason})` : ""}`,
      fix:
        integration === "webhook"
          ? "the scaler refuses them: ALERTS_TOKEN must be the same for both; start.sh on monitoring reads it anew"
          : "its token and chat in the fleet file; fleet logs alertmanager",
    }));
  },
};
