import type { WorkerPool } from '@modelkeep/workers';
import type { OpenSinkInput, OpenSinkOutput } from '../worker/sink-state.ts';
import { createFileSink } from './create-file-sink.ts';
import type { FileSink, OpenSinkOptions } from './file-sink.ts';
import { createSlotPool } from './slot-pool.ts';

const SLOT_BYTES = 1024 * 1024;
const SLOT_COUNT = 4;

/** @internal What a sink needs of its {@link Io}. */
export interface SinkHost {
  readonly pool: WorkerPool;
  readonly sinkId: number;
  readonly resolutionBase: string | undefined;
  /** The sinks that have not ended: closed with their {@link Io}. */
  readonly openSinks: Set<FileSink>;
}

/** @internal Opens the file in a worker, which keeps it until the sink ends. */
export async function openFileSink(host: SinkHost, options: OpenSinkOptions): Promise<FileSink> {
  const { path, resumeAtBytes, algorithms, expectedSizeBytes = null, mode = 0o644, signal } = options;
  signal?.throwIfAborted();
  const { sinkId, resolutionBase } = host;
  const slots = createSlotPool({ count: SLOT_COUNT, slotBytes: SLOT_BYTES });
  const lease = host.pool.lease();
  try {
    const input: OpenSinkInput = {
      sinkId,
      path,
      resumeAtBytes: resumeAtBytes ?? null,
      inode: options.inode ?? null,
      algorithms,
      expectedSizeBytes,
      permissions: mode,
      slots: slots.buffers,
      resolutionBase,
    };
    const opened = await lease.run<OpenSinkOutput>('sinkOpen', input);
    const sink = createFileSink({
      ...opened,
      path,
      sinkId,
      lease,
      slots,
      resumedAtBytes: resumeAtBytes ?? 0,
      onEnd: () => host.openSinks.delete(sink),
    });
    host.openSinks.add(sink);
    return sink;
  } catch (error) {
    lease.release();
    throw error;
  }
}
