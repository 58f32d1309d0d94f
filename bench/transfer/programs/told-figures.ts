import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Runs the work and prints its time and its processor's without the start of the process, and how late the event loop was. */
export async function tellFigures(work: () => Promise<void>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  const before = process.cpuUsage();
  await work();
  const inProcess = (performance.now() - started) / 1_000;
  delay.disable();
  const { user, system } = process.cpuUsage(before);
  const figures = {
    inProcess,
    userSeconds: user / 1e6,
    systemSeconds: system / 1e6,
    loopP99Ms: delay.percentile(99) / 1e6,
    loopMostMs: delay.max / 1e6,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
