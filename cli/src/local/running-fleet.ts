/** Where the consoles of a local fleet answer, without a slash at the end. */
export interface Addresses {
  /** The load balancer: what users would open. */
  readonly site: string;
  readonly wh: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly aws: string;
}

/** A local fleet that is up. */
export interface RunningFleet {
  readonly name: string;
  readonly addresses: Addresses;
  /** For the scaler's API. Never shown. */
  readonly apiToken: string;
}

/** The addresses behind these ports of 127.0.0.1. */
export function addressesOf(ports: {
  readonly loadBalancer: number;
  readonly wh: number;
  readonly prometheus: number;
  readonly alertmanager: number;
  readonly aws: number;
}): Addresses {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return {
    site: at(ports.loadBalancer),
    wh: at(ports.wh),
    prometheus: at(ports.prometheus),
    alertmanager: at(ports.alertmanager),
    aws: at(ports.aws),
  };
}
