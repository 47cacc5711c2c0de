/** What a region charges. US dollars; hours unless the name says otherwise. */
export interface RegionPrices {
  /** When somebody compared the figures with the source. */
  readonly asOf: string;
  readonly source: string;
  /** Linux, on demand. */
  readonly instances: Readonly<Record<string, number>>;
  readonly balancerHour: number;
  /** The first capacity unit of the balancer, which a small fleet pays. */
  readonly balancerUnitHour: number;
  readonly addressHour: number;
  /** gp3. */
  readonly diskGigabyteMonth: number;
  /** Ingested. */
  readonly logGigabyte: number;
  readonly eksHour: number;
  /** Key, private zone, alarms, metrics and the calls that write them. */
  readonly smallThingsMonth: number;
  /** For each whole processor above what a burstable type earns. */
  readonly surplusCpuHour: number;
}

/** Spot's price moves all the time and by zone: what it usually is of the one on demand (docs/deploy.md). */
export const USUAL_SPOT_SHARE = 0.35;

/** Hours of a month, as AWS's calculator has it. */
export const MONTH_HOURS = 730;

/** List prices by region, without tax and free tier. What is missing, fleet.yaml can say (`budget.prices`). */
export const regionPrices: Readonly<Record<string, RegionPrices>> = {
  "eu-central-1": {
    asOf: "2026",
    source: "AWS's list prices, written down by hand",
    instances: {
      "t3.nano": 0.006,
      "t3.micro": 0.012,
      "t3.small": 0.024,
      "t3.medium": 0.048,
      "t3.large": 0.096,
      "t3.xlarge": 0.192,
      "t3.2xlarge": 0.384,
      "t3a.nano": 0.0054,
      "t3a.micro": 0.0108,
      "t3a.small": 0.0216,
      "t3a.medium": 0.0432,
      "t3a.large": 0.0864,
      "t3a.xlarge": 0.1728,
      "t3a.2xlarge": 0.3456,
    },
    balancerHour: 0.027,
    balancerUnitHour: 0.006,
    addressHour: 0.005,
    diskGigabyteMonth: 0.0952,
    logGigabyte: 0.63,
    eksHour: 0.1,
    smallThingsMonth: 5.28,
    surplusCpuHour: 0.05,
  },
};
