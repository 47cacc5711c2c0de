/** What the fleet suspends in its group itself: the scaler chooses who goes. */
const OURS = ["AZRebalance"];

/** Processes of the group that somebody else has suspended. */
export function suspendedByOthers(suspended: readonly string[]): readonly string[] {
  return suspended.filter((process) => !OURS.includes(process));
}
