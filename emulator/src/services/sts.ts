import type { GetCallerIdentityCommandOutput } from "@aws-sdk/client-sts";
import { z } from "zod";
import { type AwsService, action } from "../protocol/action.ts";

/** The number of the emulated account. */
export const ACCOUNT = "000000000000";

/** Who one is: the emulated account's only user. */
export function createSts(): AwsService {
  return {
    protocol: "query",
    version: "2011-06-15",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    actions: {
      GetCallerIdentity: action(
        "ValidationError",
        z.object({}),
        (): Omit<GetCallerIdentityCommandOutput, "$metadata"> => ({
          UserId: "AIDALOCALFLEET",
          Account: ACCOUNT,
          Arn: `arn:aws:iam::${ACCOUNT}:user/local-fleet`,
        }),
      ),
    },
  };
}
