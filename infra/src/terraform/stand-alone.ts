type Json = Record<string, unknown>;

/** A stack's JSON for a run without an account: its state beside it, and a provider that asks AWS nothing before it has to. */
export function standAlone(stack: Json): Json {
  const terraform = object(stack.terraform);
  const provider = object(stack.provider);
  const aws = Array.isArray(provider.aws) ? provider.aws : [];
  return {
    ...stack,
    terraform: { ...terraform, backend: { local: { path: "stand-alone.tfstate" } } },
    provider: { ...provider, aws: aws.map(withoutAccount) },
  };
}

function withoutAccount(provider: unknown): Json {
  const { allowed_account_ids: _account, ...rest } = object(provider);
  return {
    ...rest,
    skip_credentials_validation: true,
    skip_metadata_api_check: "true",
    skip_requesting_account_id: true,
    // A call that an emulator cannot answer would be repeated for eight minutes.
    max_retries: 2,
  };
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
