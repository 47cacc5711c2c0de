import { z } from "zod";
import { secondsSchema, shareSchema } from "./primitives.ts";

/** Parameters of the scaling policy. Every one has the default that production runs with; origins in docs/policy.md. */
export const scalingSchema = z
  .strictObject({
    utilisation: shareSchema
      .default(0.7)
      .describe("Share of a replica's capacity to load it to; utilisation × capacity is the alert line."),
    headroom: shareSchema
      .default(0.9)
      .describe("Share of a worker's capacity to fill before another worker is wanted."),
    loop: z
      .strictObject({
        activeSeconds: secondsSchema.default(5).describe("Time between ticks while a signal is active."),
        idleSeconds: secondsSchema.default(15).describe("Time between ticks otherwise."),
      })
      .prefault({})
      .describe("The scaler's own loop."),
    metrics: z
      .strictObject({
        scrapeSeconds: secondsSchema.max(5).default(2).describe("Scrape and rule evaluation interval."),
        rateWindowSeconds: secondsSchema.default(10).describe("Window of the request rate that sizes replicas."),
        maxAgeSeconds: secondsSchema.default(30).describe("Data older than this counts as missing."),
        discoverySeconds: secondsSchema.max(60).default(15).describe("How often Prometheus looks for new workers."),
        alertRepeatSeconds: secondsSchema
          .min(2)
          .max(120)
          .default(30)
          .describe(
            "How often the scaler hears again of an alert that still fires. It forgets one that it has not heard of for five minutes.",
          ),
      })
      .prefault({})
      .describe("How load is measured."),
    replicas: z
      .strictObject({
        scaleInShare: shareSchema
          .default(0.85)
          .describe("Scale in only when fewer replicas would be loaded below this share of utilisation."),
        scaleInWindowSeconds: secondsSchema.default(600).describe("Scale in to the largest need of this window."),
        settleSeconds: secondsSchema.default(20).describe("After a command, wait this long before repeating it."),
      })
      .prefault({})
      .describe("Scaling of containers."),
    workers: z
      .strictObject({
        demandWindowSeconds: secondsSchema.default(30).describe("Window of the request rate that sizes the group."),
        scaleInShare: shareSchema
          .default(0.9)
          .describe("Scale in only when the smaller group would be filled below this share."),
        scaleInWindowSeconds: secondsSchema.default(300).describe("Scale in to the largest need of this window."),
        bootSeconds: secondsSchema
          .default(900)
          .describe(
            "A worker that the group has in service and that has not answered for this long since counts as failed. Before that the launching hook limits its time, to 900 s.",
          ),
        failedLaunchWaitSeconds: secondsSchema.default(180).describe("Wait after a failed launch before the next try."),
        failedLaunchLimit: z.int().min(1).max(10).default(2).describe("Failed launches in a row before giving up."),
        unhealthySeconds: secondsSchema
          .default(60)
          .describe("A worker in service that has not answered for this long is replaced."),
      })
      .prefault({})
      .describe("Scaling of instances."),
    drain: z
      .strictObject({
        quietSeconds: secondsSchema
          .default(15)
          .describe("A draining worker without any request for this long may be terminated."),
        deadlineSeconds: secondsSchema
          .default(900)
          .describe("After draining for this long a worker is terminated although requests still arrive."),
      })
      .prefault({})
      .describe("Taking a worker out of service before it is terminated."),
    lease: z
      .strictObject({
        ttlSeconds: secondsSchema.default(15).describe("A leader that has not renewed for this long may be replaced."),
        renewSeconds: secondsSchema.default(5).describe("Time between renewals of the lease."),
      })
      .prefault({})
      .describe("Which of two scalers acts."),
    predictive: z
      .strictObject({
        enabled: z
          .boolean()
          .default(false)
          .describe(
            "Size the group by a forecast of its demand, correct capacities by CPU, and learn how long to wait before scaling in.",
          ),
      })
      .prefault({})
      .describe("Foresight."),
    prefer: z
      .enum(["cheap", "balanced", "safe"])
      .default("balanced")
      .describe("With foresight: what overload is worth against workers that wait. Safe keeps them longest."),
    calmness: z
      .number()
      .min(0)
      .max(7200)
      .default(600)
      .describe(
        "With foresight: what it is worth not to scale in and out again within half an hour, in seconds of one worker. More is calmer.",
      ),
    budget: z
      .number()
      .min(0.5)
      .max(3)
      .default(1)
      .describe(
        "With foresight: what workers may cost, as a share of what Kubernetes' HPA at 70 % CPU would have paid for them. More allows safer ways to size.",
      ),
    dryRun: z
      .boolean()
      .default(false)
      .describe("Decide and say what would be done, and do nothing, for the whole fleet."),
    missingWorkersLimit: shareSchema
      .default(0.34)
      .describe("Breaker: no scale-in while data of more than this share of the workers is missing."),
  })
  .superRefine((scaling, ctx) => {
    if (scaling.metrics.rateWindowSeconds < 4 * scaling.metrics.scrapeSeconds) {
      ctx.addIssue({
        code: "custom",
        path: ["metrics", "rateWindowSeconds"],
        message: `write at least 4 × scrapeSeconds (${4 * scaling.metrics.scrapeSeconds}), a shorter window often holds no two samples`,
      });
    }
    if (scaling.workers.demandWindowSeconds < scaling.metrics.rateWindowSeconds) {
      ctx.addIssue({
        code: "custom",
        path: ["workers", "demandWindowSeconds"],
        message: `write at least metrics.rateWindowSeconds (${scaling.metrics.rateWindowSeconds})`,
      });
    }
    if (scaling.drain.quietSeconds > scaling.drain.deadlineSeconds) {
      ctx.addIssue({
        code: "custom",
        path: ["drain", "quietSeconds"],
        message: `write at most drain.deadlineSeconds (${scaling.drain.deadlineSeconds})`,
      });
    }
    if (scaling.lease.renewSeconds > scaling.lease.ttlSeconds / 2) {
      ctx.addIssue({
        code: "custom",
        path: ["lease", "renewSeconds"],
        message: `write at most half of lease.ttlSeconds (${scaling.lease.ttlSeconds}), so that one lost renewal does not end the lease`,
      });
    }
    if (scaling.loop.activeSeconds > scaling.loop.idleSeconds) {
      ctx.addIssue({
        code: "custom",
        path: ["loop", "activeSeconds"],
        message: `write at most loop.idleSeconds (${scaling.loop.idleSeconds})`,
      });
    }
  });

export type ScalingConfig = z.output<typeof scalingSchema>;
