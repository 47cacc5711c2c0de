import type {
  GetParameterCommandOutput,
  GetParametersByPathCommandOutput,
  GetParametersCommandOutput,
  PutParameterCommandOutput,
} from "@aws-sdk/client-ssm";
import { z } from "zod";
import { type Action, action } from "../../protocol/action.ts";
import { page } from "../../protocol/page.ts";
import { AwsError } from "../../refusals/aws-error.ts";
import type { ParameterStore } from "./parameters.ts";

type Output<Command> = Omit<Command, "$metadata">;

const FAULT = "ValidationException";
const nameSchema = z.string().min(1).max(2048);

/** Parameter Store's actions. */
export function parameterActions(store: ParameterStore): Record<string, Action> {
  return {
    PutParameter: action(
      FAULT,
      z.object({
        Name: nameSchema,
        Value: z.string().min(1),
        Type: z.enum(["String", "StringList", "SecureString"]).optional(),
        Overwrite: z.boolean().default(false),
      }),
      (input): Output<PutParameterCommandOutput> => ({
        Version: store.put({ name: input.Name, value: input.Value, type: input.Type, overwrite: input.Overwrite }),
        Tier: "Standard",
      }),
    ),
    GetParameter: action(
      FAULT,
      z.object({ Name: nameSchema, WithDecryption: z.boolean().default(false) }),
      (input): Output<GetParameterCommandOutput> => {
        const parameter = store.get(input.Name, input.WithDecryption);
        if (!parameter) throw new AwsError("ParameterNotFound", `Parameter ${input.Name} not found.`);
        return { Parameter: parameter };
      },
    ),
    GetParameters: action(
      FAULT,
      z.object({ Names: z.array(nameSchema).min(1).max(10), WithDecryption: z.boolean().default(false) }),
      (input): Output<GetParametersCommandOutput> => {
        const found = input.Names.map((name) => store.get(name, input.WithDecryption)).filter(
          (each) => each !== undefined,
        );
        return { Parameters: found, InvalidParameters: input.Names.filter((name) => !store.get(name, false)) };
      },
    ),
    GetParametersByPath: action(
      FAULT,
      z.object({
        Path: z.string().startsWith("/"),
        Recursive: z.boolean().default(false),
        WithDecryption: z.boolean().default(false),
        MaxResults: z.int().min(1).max(10).default(10),
        NextToken: z.string().optional(),
      }),
      (input): Output<GetParametersByPathCommandOutput> => {
        const found = store.byPath(input.Path, input.Recursive, input.WithDecryption);
        const { items, nextToken } = page(found, input.MaxResults, input.NextToken);
        return { Parameters: items, NextToken: nextToken };
      },
    ),
    DeleteParameter: action(FAULT, z.object({ Name: nameSchema }), (input) => {
      if (!store.remove(input.Name)) throw new AwsError("ParameterNotFound", `Parameter ${input.Name} not found.`);
      return {};
    }),
  };
}
