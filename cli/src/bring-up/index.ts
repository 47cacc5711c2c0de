export { prepareMachine } from "./prepare-machine.ts";
export { type FleetAtWork, withLocalFleet } from "./with-local-fleet.ts";
