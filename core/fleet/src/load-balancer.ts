/** How long connections of a worker that leaves may go on behind the load balancer, seconds: infra sets it, the local fleet says it. */
export const DEREGISTRATION_SECONDS = 30;
/** Seconds after which the load balancer forgets a connection on which nothing moves. */
export const IDLE_SECONDS = 350;
