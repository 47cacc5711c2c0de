import type { Gap } from "./pass-through.ts";

/** Where moto's CodeDeploy differs from AWS's. */
export function releaseGaps(): readonly Gap[] {
  return [deploymentAnswers, deploymentEnds];
}

/** moto writes a time as text where CodeDeploy writes seconds, a group as its name where CodeDeploy writes an object, and a load balancer where none was given. */
const deploymentAnswers: Gap = {
  why: "moto gives CodeDeploy's answers other types",
  calls: ["codedeploy:GetApplication", "codedeploy:GetDeploymentGroup", "codedeploy:GetDeployment"],
  answer: (answer) => ({
    ...answer,
    body: JSON.stringify(
      JSON.parse(answer.body, (key, value: unknown) => {
        if (key.endsWith("Time") && typeof value === "string") return Date.parse(value) / 1000;
        if (key === "loadBalancerInfo" && Object.keys(value ?? {}).length === 0) return undefined;
        if (key !== "autoScalingGroups" || !Array.isArray(value)) return value;
        return value.map((group: unknown) => (typeof group === "string" ? { name: group } : group));
      }),
    ),
  }),
};

/** moto cannot delete these; all of it ends with the run. */
const deploymentEnds: Gap = {
  why: "moto fails on the end of CodeDeploy's groups and applications",
  calls: ["codedeploy:DeleteDeploymentGroup", "codedeploy:DeleteApplication"],
  answer: (answer) => (answer.status < 500 ? answer : { ...answer, status: 200, body: "{}" }),
};
