import type { Group } from "@compose-fleet/group-model";
import { z } from "zod";

/** What a handler returns: the output without what the SDK adds to it. */
export type Output<Command> = Omit<Command, "$metadata">;

/** The group of this name. Throws `AwsError` for another one's. */
export type RequireGroup = (name: string) => Group;

/** What Auto Scaling calls a bad parameter. */
export const FAULT = "ValidationError";

/** A name that a request cannot leave out. */
export const requiredName = z.string().min(1);
