import { CliError, exitCodes } from "@compose-fleet/process";
import { awsFailure } from "../secrets/aws-failure.ts";

const NOT_DEPLOYED = ["ApplicationDoesNotExistException", "DeploymentGroupDoesNotExistException", "NoSuchBucket"];

/** Does it, and turns an error of AWS into a sentence that says what to do. */
export async function orSentence<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && NOT_DEPLOYED.includes(error.name))
      throw new CliError(
        `AWS knows nothing to release to (${error.name}): deploy the fleet first, npm run deploy -- fleet. Nothing was changed.`,
        exitCodes.usage,
      );
    throw awsFailure(error);
  }
}
