/** How many milliseconds a call of AWS may take, as each client gets it; after that it fails. The last one is for answers that fall silent in the middle. */
export const callLimits = {
  connectionTimeout: 1_000,
  requestTimeout: 4_000,
  throwOnRequestTimeout: true,
  socketTimeout: 4_000,
};
