/** Where the values of a fleet's secrets are; nothing reads one back. */
export interface SecretStore {
  /** Writes the value and says whether there was one before. Idempotent. */
  put(name: string, value: string): Promise<"created" | "replaced">;
  /** Names of the secrets that have a value. */
  names(): Promise<ReadonlySet<string>>;
}
