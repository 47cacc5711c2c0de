import type { Check } from "../check.ts";

const DAY_MS = 86_400_000;
/** ACM renews 60 days ahead: one that is this near its end is not being renewed. */
const NEAR_DAYS = 30;

/** A certificate that ACM cannot renew, since its record is gone, ends without another word. */
export const certificateAge: Check = {
  name: "the certificate is valid",
  find: async ({ certificateEndsMs, nowMs }) => {
    const endsMs = await certificateEndsMs();
    if (endsMs === undefined) return [];
    const days = Math.floor((endsMs - nowMs()) / DAY_MS);
    if (days >= NEAR_DAYS) return [];
    return [
      {
        text: days < 0 ? "the certificate has ended" : `the certificate ends in ${days} days`,
        fix: "ACM could not renew it: its validation record in DNS; tls.certificateArn in the fleet file",
      },
    ];
  },
};
