/** Does nothing and says on request how late its event loop was. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('message', (question) => {
  const p99Ms = delay.percentile(99) / 1e6;
  if (question === 'begin') delay.reset();
  process.send?.(p99Ms);
});
