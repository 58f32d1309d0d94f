import { noMetrics, serialiseError, type Logger, type Metrics } from '@modelkeep/core';

/** @internal Metrics that harm nobody: what they throw is logged. */
export function quietMetrics(metrics: Metrics | undefined, logger: Logger): Metrics {
  if (metrics === undefined) return noMetrics;
  const quietly = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      logger.warn('metrics were refused', { error: serialiseError(error).message });
    }
  };
  return {
    count: (...args) => quietly(() => metrics.count(...args)),
    set: (...args) => quietly(() => metrics.set(...args)),
    observe: (...args) => quietly(() => metrics.observe(...args)),
  };
}
