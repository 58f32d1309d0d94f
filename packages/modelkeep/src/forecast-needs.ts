import type { ForecastNeed, ForecastOptions, ModelUse } from '@modelkeep/workflows';

/** Tells which models will be needed on which servers, from a history of uses that the caller keeps; the likeliest first. */
export async function forecastNeeds(
  history: readonly ModelUse[],
  options: ForecastOptions,
): Promise<readonly ForecastNeed[]> {
  const workflows = await import('@modelkeep/workflows');
  return workflows.forecastNeeds(history, options);
}
