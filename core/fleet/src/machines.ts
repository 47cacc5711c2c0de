/** The kinds of machine of a fleet. Each has revisions, logs, and a deployment group of its own. */
export const machineKinds = ["workers", "monitoring"] as const;
export type MachineKind = (typeof machineKinds)[number];
