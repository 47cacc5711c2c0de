import type { Activity } from "./activity.ts";
import type { Group } from "./group.ts";

/** How many activities a group remembers. */
export const ACTIVITY_LIMIT = 200;

/** Adds an activity, newest first, and forgets the oldest beyond the limit. */
export function withActivity(group: Group, activity: Activity): Group {
  return { ...group, activities: [activity, ...group.activities].slice(0, ACTIVITY_LIMIT) };
}

/** Changes one activity; an unknown id changes nothing. */
export function updateActivity(group: Group, id: string | undefined, change: Partial<Activity>): Group {
  return { ...group, activities: group.activities.map((each) => (each.id === id ? { ...each, ...change } : each)) };
}
