export { type HourlyBudget, hourlyBudget } from "./budget.ts";
export { type CostLine, eksCost, type FleetCost, fleetCost, priceOrigin, surplusCost } from "./fleet-cost.ts";
export { type InstancePrice, instancePrice, listPrice, type Priced } from "./instance-price.ts";
export { MONTH_HOURS, USUAL_SPOT_SHARE } from "./prices.ts";
