/** Runs a step, says how it went and how long it took; resolves with whether it went well. */
export type RunStep = (title: string, run: () => Promise<string>) => Promise<boolean>;

/** Steps of a run that goes on after a fault, which joins `faults`. */
export function createSteps(say: (line: string) => void, faults: string[]): RunStep {
  return async (title, run) => {
    const startedAt = performance.now();
    const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
    try {
      const result = await run();
      say(`${title}: ${result} (${seconds()})`);
      return true;
    } catch (error) {
      const message = `${title}: ${error instanceof Error ? error.message : String(error)}`;
      faults.push(message);
      say(`FAULT ${message} (${seconds()})`);
      return false;
    }
  };
}
