import type { Check } from "../check.ts";

/** Somebody held it once, and nobody remembers. */
export const heldScaler: Check = {
  name: "the scaler acts",
  find: async ({ status }) => {
    const { hold, lastTick, blindSeconds } = await status();
    return [
      ...(hold
        ? [{ text: "the scaler is held: it decides and does nothing", fix: "take HOLD away from its environment" }]
        : []),
      ...(lastTick === null ? [{ text: "the scaler has not completed a tick", fix: "fleet logs wh says why" }] : []),
      ...(blindSeconds > 60
        ? [
            {
              text: `the scaler has been blind for ${Math.round(blindSeconds)} s`,
              fix: "fleet explain says what is missing; is Prometheus up? fleet ps prometheus",
            },
          ]
        : []),
    ];
  },
};
