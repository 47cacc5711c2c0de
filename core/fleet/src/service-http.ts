import { z } from "zod";
import { IDLE_SECONDS } from "./load-balancer.ts";
import { hostSchema, sizeBytes, variableNameSchema } from "./primitives.ts";

/** Request bodies up to this many bytes are read before a replica gets them, so that a request can be sent again. Larger ones are passed on. */
export const BUFFERED_BODY_BYTES = 1024 ** 2;

/** What `maxBody` may be, at most. */
const BODY_LIMIT_BYTES = 10 * 1024 ** 3;

/** Hosts of one service, at most. */
const HOSTS_LIMIT = 20;

/** What a rate limit may be, at most: requests a second, and requests at once. */
const RATE_LIMIT = 10_000;

/** Logins of one service, at most. */
const LOGINS_LIMIT = 20;

/** What `timeout` is where nothing is written: nginx's own default, seconds. */
export const DEFAULT_TIMEOUT_SECONDS = 60;

/** Keys of a service about how nginx speaks HTTP with its clients and replicas. */
export const httpSettings = {
  path: z
    .string()
    .regex(
      /^\/((?!\.\.?\/)[A-Za-z0-9._~-]+\/)*$/,
      'write a path prefix that starts and ends with "/", for example "/api/"',
    )
    .optional()
    .describe('Path prefix that nginx routes to this service. "/" where only hosts are named.'),
  hosts: z
    .array(hostSchema)
    .max(HOSTS_LIMIT)
    .default([])
    .describe(
      'Host names that the service answers on, such as "shop.example.com" or "*.example.com". Without them it answers on every host.',
    ),
  stripPath: z
    .boolean()
    .default(false)
    .describe("Whether the service gets the request's path without its own prefix: /world instead of /hello/world."),
  maxBody: z
    .string()
    .regex(/^[1-9][0-9]{0,5}[kmg]$/, 'write a whole number and k, m or g, for example "20m"')
    .refine((text) => !(sizeBytes(text) > BODY_LIMIT_BYTES), 'write at most "10g"')
    .default("1m")
    .describe("Largest body of a request, for example 20m. Larger ones are answered with 413."),
  timeout: z
    .int()
    .min(1)
    .max(IDLE_SECONDS - 10)
    .default(DEFAULT_TIMEOUT_SECONDS)
    .describe(
      `Seconds that nginx waits while nothing comes from the service. The load balancer waits for ${IDLE_SECONDS}.`,
    ),
  sticky: z
    .enum(["client"], 'write "client", or remove the key')
    .optional()
    .describe("client: on a worker, requests of one client address go to the same replica while it is there."),
  rateLimit: z
    .strictObject({
      requestsPerSecond: z
        .int()
        .min(1)
        .max(RATE_LIMIT)
        .describe("Requests a second that one client address may send to this service on a worker, in the long run."),
      burst: z
        .int()
        .min(0)
        .max(RATE_LIMIT)
        .optional()
        .describe("Requests above the rate that are served at once. As many as the rate where nothing is written."),
    })
    .optional()
    .describe("Answers 429 with Retry-After to clients that send more. They count as no load."),
  basicAuth: z
    .array(variableNameSchema)
    .min(1, "name at least one secret, or remove the key")
    .max(LOGINS_LIMIT)
    .optional()
    .describe(
      "Secrets that hold a login each, as USER:PASSWORD. Who has one of them gets in; everybody else gets 401, and counts as no load.",
    ),
} as const;
