import { createInMemoryLease } from "./in-memory-lease.ts";
import { describeLeaseContract } from "./lease-contract.ts";

describeLeaseContract("in memory", async () => createInMemoryLease());
