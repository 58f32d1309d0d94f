import type { LatestValue, Metrics } from '@modelkeep/core';
import type { CircuitStatus, EndpointClass } from '@modelkeep/network';

const circuitsMetric = {
  name: 'modelkeep_circuits',
  help: 'Servers that are left alone because too much failed there (open), or are tried again (half-open).',
};
const classes: readonly EndpointClass[] = ['api', 'resolve', 'cdn'];
const states: readonly CircuitStatus['state'][] = ['open', 'half-open'];

/** @internal Tells how many circuits are not closed, now and whenever that changes. The returned function ends it. */
export function tellCircuits(metrics: Metrics, circuits: LatestValue<readonly CircuitStatus[]>): () => void {
  const tell = (now: readonly CircuitStatus[]): void => {
    for (const endpointClass of classes) {
      for (const state of states) {
        const count = now.filter((one) => one.endpointClass === endpointClass && one.state === state).length;
        metrics.set(circuitsMetric, { endpoint_class: endpointClass, state }, count);
      }
    }
  };
  tell(circuits.current);
  return circuits.subscribe(tell);
}
