import { createInMemoryState } from "./in-memory-state.ts";
import { describeStateContract } from "./state-contract.ts";

describeStateContract("in memory", async () => createInMemoryState());
