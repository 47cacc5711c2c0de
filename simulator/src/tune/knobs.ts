/** A key of fleet.yaml that tuning tries, and the values it tries. */
export interface Knob {
  readonly key: string;
  readonly values: readonly string[];
}

/** What a user may want to turn. What AWS or Docker dictates, such as how long a boot takes, is no knob. */
export const knobs: readonly Knob[] = [
  { key: "scaling.predictive.enabled", values: ["false", "true"] },
  { key: "workers.target.cpu", values: ["0.5", "0.6", "0.7", "0.8"] },
  { key: "scaling.headroom", values: ["0.7", "0.8", "0.9"] },
  { key: "scaling.workers.scaleInWindowSeconds", values: ["300", "600", "1200"] },
  { key: "scaling.utilisation", values: ["0.6", "0.7", "0.8"] },
  { key: "scaling.prefer", values: ["cheap", "balanced", "safe"] },
  { key: "scaling.calmness", values: ["900", "1800"] },
  { key: "scaling.budget", values: ["0.9", "1.1", "1.25"] },
];
