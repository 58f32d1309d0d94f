import { machineId } from '@modelkeep/io';
import type { StoreContext } from '../store-context.ts';

/** Uses are written together, after so long at the latest. */
const WRITE_AFTER_MS = 2_000;

/** @internal When models were used last on this machine. */
export interface ModelUse {
  /** Notes a use. Costs next to nothing: it is written with others, soon or when the library is closed. */
  record(modelId: string): void;
  /** Milliseconds since 1970 by model id; what was never used is missing. */
  read(): Promise<ReadonlyMap<string, number>>;
  /** Writes what is noted. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** @internal */
export function createModelUse({ state, clock, logger }: Pick<StoreContext, 'state' | 'clock' | 'logger'>): ModelUse {
  const machine = machineId();
  const closed = new AbortController();
  let noted = new Map<string, { atMs: number; uses: number }>();
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const uses = noted;
    noted = new Map();
    if (uses.size === 0) return;
    const sql = `insert into model_use (machine, model_id, used_at_ms, uses) values (:machine, :id, :atMs, :uses)
      on conflict (machine, model_id) do update
      set used_at_ms = max(used_at_ms, excluded.used_at_ms), uses = uses + excluded.uses`;
    const paramRows = [...uses].map(([id, { atMs, uses: count }]) => ({ machine, id, atMs, uses: count }));
    await (await state.open()).transaction([{ sql, paramRows }]);
  };
  const flush = (): Promise<void> => {
    writing = writing.catch(() => {}).then(write);
    return writing;
  };
  const writeLater = async (): Promise<void> => {
    try {
      await clock.sleep(WRITE_AFTER_MS, closed.signal);
    } catch {
      // The library is being closed, and that writes.
      return;
    }
    await flush().catch((error: unknown) => logger.warn('uses of models were not noted', { error: String(error) }));
  };

  return {
    record(modelId) {
      if (closed.signal.aborted) return;
      if (noted.size === 0) void writeLater();
      const uses = (noted.get(modelId)?.uses ?? 0) + 1;
      noted.set(modelId, { atMs: clock.now(), uses });
    },
    async read() {
      await flush();
      const sql = 'select model_id as id, used_at_ms as atMs from model_use where machine = :machine';
      const rows = await (await state.open()).all<{ id: string; atMs: number }>(sql, { machine });
      return new Map(rows.map(({ id, atMs }) => [id, atMs]));
    },
    flush,
    async close() {
      closed.abort(new DOMException('the library was closed', 'AbortError'));
      await flush();
    },
  };
}
