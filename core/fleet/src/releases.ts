import { z } from "zod";

/** How new revisions come to the workers besides `fleet release`. */
export const releasesSchema = z
  .strictObject({
    pull: z
      .strictObject({
        repository: z
          .url({
            protocol: /^https$/,
            error: 'write the repository\'s address, such as "https://github.com/owner/name.git"',
          })
          .refine((address) => !/^https:\/\/[^/]*@/.test(address), {
            error:
              "write the address without a user or token: a private repository's token is the secret REPOSITORY_TOKEN",
          })
          .describe("Address of the Git repository, as git clone takes it."),
        branch: z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'write a branch such as "main"')
          .default("main")
          .describe("Branch whose newest commit is to run. A revision of it must have been uploaded."),
        private: z
          .boolean()
          .default(false)
          .describe(
            "Whether reading it takes a token, the secret REPOSITORY_TOKEN; reading is all that the token needs to allow.",
          ),
      })
      .optional()
      .describe(
        "The scaler looks at the branch each minute and deploys the revision of its newest commit to the workers.",
      ),
  })
  .describe("How new revisions come to the workers besides fleet release.");
