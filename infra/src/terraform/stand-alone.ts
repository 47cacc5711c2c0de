type Json = Record<string, unknown>;

/** Whose account a run is for: nobody's, so that even its number is not asked for, or an emulator's. */
export type StandInAccount = "none" | "emulated";

/** A stack's JSON for a run without an account of AWS: its state beside it, and a provider that checks no credentials. */
export function standAlone(stack: Json, account: StandInAccount): Json {
  const terraform = object(stack.terraform);
  const provider = object(stack.provider);
  return {
    ...stack,
    terraform: { ...terraform, backend: { local: { path: "stand-alone.tfstate" } } },
    provider: {
      ...provider,
      ...(Array.isArray(provider.aws) ? { aws: provider.aws.map((aws) => withoutAccount(aws, account)) } : {}),
    },
  };
}

function withoutAccount(provider: unknown, account: StandInAccount): Json {
  const { allowed_account_ids: _allowed, ...rest } = object(provider);
  return {
    ...rest,
    skip_credentials_validation: true,
    skip_metadata_api_check: "true",
    skip_requesting_account_id: account === "none",
    // A call that an emulator cannot answer would be repeated for eight minutes.
    max_retries: 2,
  };
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
