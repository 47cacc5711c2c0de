import { z } from "zod";

/** A list, as TypeScript sees it: nobody changes an answer. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.array(item).readonly();
}

/** A number that was read; null when it could not be. */
export const reading = z.number().nullable();
