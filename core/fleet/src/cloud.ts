import { z } from "zod";

const hostName = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** HTTPS on the load balancer. */
export const tlsSchema = z
  .strictObject({
    certificateArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/,
        'write the certificate\'s ARN in ACM, such as "arn:aws:acm:eu-central-1:123456789012:certificate/…"',
      )
      .describe("A certificate in AWS Certificate Manager, in the fleet's region."),
  })
  .describe("HTTPS on the load balancer; without it there is HTTP alone.");

/** Public records of the load balancer's addresses. */
export const dnsSchema = z
  .strictObject({
    provider: z.literal("cloudflare").default("cloudflare"),
    zoneId: z
      .string()
      .regex(/^[0-9a-f]{32}$/, "write the zone's id, 32 hexadecimal digits, from the zone's overview at Cloudflare"),
    name: z
      .string()
      .regex(hostName, 'write a host name such as "fleet.example.com"')
      .describe("Name that gets the A and AAAA records."),
  })
  .describe("Public DNS records of the load balancer. The API token is in the environment, CLOUDFLARE_API_TOKEN.");

/** What a month may cost before somebody is told. */
export const budgetSchema = z
  .strictObject({
    monthlyUsd: z
      .number()
      .positive()
      .max(1_000_000)
      .default(100)
      .describe("US dollars a month, of what carries the fleet's and the environment's tag."),
    hourlyUsd: z
      .number()
      .positive()
      .max(10_000)
      .optional()
      .describe(
        "The scaler launches no worker with which an hour of the fleet would cost more, by list prices. workers.min is kept whatever it costs.",
      ),
    prices: z
      .record(
        z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'write an instance type such as "m7i.large"'),
        z.strictObject({
          onDemand: z.number().positive().max(1000),
          spot: z.number().positive().max(1000).optional().describe("Default: 35 % of onDemand."),
        }),
      )
      .default({})
      .describe("US dollars an hour of instance types that the built-in list lacks, or has at another price."),
  })
  .describe("When AWS warns of cost; needs notify.email.");

const githubIdSchema = z.int("write the number that GitHub gave, without quotes").positive();

const githubSchema = z
  .strictObject({
    repository: z
      .string()
      .regex(/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/, 'write the repository as "owner/name"; its numbers go into ids')
      .describe("The only repository whose workflows may deploy."),
    ids: z
      .strictObject({
        owner: githubIdSchema.describe("gh api users/OWNER --jq .id"),
        repository: githubIdSchema.describe("gh api repos/OWNER/NAME --jq .id"),
      })
      .optional()
      .describe(
        "GitHub's own numbers of the owner and the repository. Needed where the repository was created, renamed or transferred since 15 July 2026: its workflows call themselves repo:OWNER@ID/NAME@ID.",
      ),
    branch: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'write a branch such as "main"')
      .default("main")
      .describe("The only branch they may deploy from."),
    createProvider: z
      .boolean()
      .default(true)
      .describe(
        "GitHub's identity provider exists once per account: false where another fleet created it; wants account.",
      ),
    infrastructure: z
      .boolean()
      .default(false)
      .describe(
        "A second role, infra-NAME-ENVIRONMENT, by which workflows of that branch may change the infrastructure, too.",
      ),
  })
  .describe("Releases from GitHub Actions without a stored key.");

/** Where the fleet is deployed, and by whom. */
export const deploySchema = z
  .strictObject({
    account: z
      .string()
      .regex(/^\d{12}$/, 'write the 12 digits of the AWS account in quotes, such as "123456789012"')
      .optional()
      .describe(
        "The only AWS account this fleet may be deployed to; credentials of another are refused. Without it: that of the credentials.",
      ),
    stateBucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, "write 3-63 lower-case letters, digits and inner dashes")
      .optional()
      .describe("Bucket of Terraform's state. Default: fleet-NAME-ENVIRONMENT-tfstate-ACCOUNT."),
    github: githubSchema.optional(),
    protect: z
      .boolean()
      .default(false)
      .describe("Whether the load balancer, the state table and the data volume refuse to be deleted."),
  })
  .refine(({ account, github }) => account !== undefined || github?.createProvider !== false, {
    path: ["github", "createProvider"],
    message:
      'the provider that is already there is named by its account: write deploy.account, such as "123456789012", too',
  })
  .describe("Where the fleet is deployed, and by whom.");
