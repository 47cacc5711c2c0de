import { describeLeaseContract } from "../leader/lease-contract.ts";
import { withDynalite } from "../test-support/with-dynalite.ts";
import { createDynamoLease } from "./dynamo-lease.ts";

const { documents, emptyTable } = withDynalite();

describeLeaseContract("DynamoDB", async () => createDynamoLease(documents(), await emptyTable(), () => 0));
