import type { OpenFile, OpenFileInput } from '../worker/open-file-tasks.ts';
import { createFileSink } from './create-file-sink.ts';
import type { FileSink, OpenSinkOptions } from './file-sink.ts';
import type { SinkHost } from './sink-host.ts';

/** @internal Opens the file, which stays open until the sink ends. */
export async function openFileSink(host: SinkHost, options: OpenSinkOptions): Promise<FileSink> {
  const { path, resume, algorithms, expectedSizeBytes = null, mode = 0o644, signal } = options;
  signal?.throwIfAborted();
  const { openSinks, ...threads } = host;
  const input: OpenFileInput = { path, resume: resume ?? null, inode: options.inode ?? null, permissions: mode };
  const file = await host.pool.run<OpenFile>('openFile', input);
  const sink = createFileSink({
    ...threads,
    ...file,
    path,
    algorithms,
    expectedSizeBytes,
    resumed: resume ?? [],
    onEnd: () => openSinks.delete(sink),
  });
  openSinks.add(sink);
  return sink;
}
