import type { SdkClients } from "../sdk-under-test.ts";

/** One request and what AWS answers: members of the output, or `{error}` with the error's name in the SDK. */
export interface ContractRow {
  readonly rule: string;
  readonly ask: (sdk: SdkClients) => Promise<unknown>;
  readonly answer: object;
  /** Why moto answers something else; docs/emulator.md has the same sentence. */
  readonly moto?: string;
}

/** The id of an instance that nobody has. */
export const NO_INSTANCE = "i-00000000000000000";
