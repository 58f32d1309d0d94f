import type { Operation, Progress } from '@modelkeep/core';
import { Presets, SingleBar } from 'cli-progress';
import { formatBytes, formatDuration } from './format-bytes.ts';
import { printableLine } from './printable.ts';
import type { Terminal } from './terminal.ts';

/**
 * @internal Shows the progress of an operation as a bar where somebody watches, and nothing otherwise.
 *
 * @returns the operation's result
 */
export async function withProgress<T>(terminal: Terminal, operation: Operation<T>): Promise<T> {
  const stream = terminal.progressStream;
  if (stream === null) return operation.result;
  const bar = new SingleBar(
    {
      format: '{bar} {percentage} %  {amount}  {rate}  {left}  {what}',
      stream,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  bar.start(1, 0, payload(operation.progress.current));
  const stop = operation.progress.subscribe((progress) => bar.update(progress.fraction, payload(progress)));
  try {
    return await operation.result;
  } finally {
    stop();
    bar.stop();
  }
}

function payload({ bytesDone, bytesTotal, bytesPerSecond, etaMs, phase, file }: Progress): Record<string, string> {
  return {
    amount: `${formatBytes(bytesDone)} / ${formatBytes(bytesTotal)}`,
    rate: bytesPerSecond > 0 ? `${formatBytes(bytesPerSecond)}/s` : '',
    left: etaMs === null ? '' : `${formatDuration(etaMs)} left`,
    what: printableLine(file ?? phase),
  };
}
