import { Worker } from 'node:worker_threads';

/** A thread that answers statements, as it is made in an afternoon: one at a time, without errors and without giving up. */
export interface SqlThread extends AsyncDisposable {
  all(sql: string, params: object): Promise<readonly Record<string, unknown>[]>;
}

const CODE = `
const { parentPort, workerData } = require('node:worker_threads');
const { DatabaseSync } = require('node:sqlite');
const database = new DatabaseSync(workerData.path, { readOnly: true });
database.exec('pragma cache_size = -' + workerData.cacheBytes / 1024);
const statements = new Map();
parentPort.on('message', ({ sql, params }) => {
  let statement = statements.get(sql);
  if (statement === undefined) statements.set(sql, (statement = database.prepare(sql)));
  parentPort.postMessage(statement.all(params).map((row) => ({ ...row })));
});`;

/** Opens a database in a thread of its own. */
export function sqlThread(path: string, cacheBytes: number): SqlThread {
  const worker = new Worker(CODE, { eval: true, workerData: { path, cacheBytes } });
  let resolve: (rows: readonly Record<string, unknown>[]) => void = () => {};
  worker.on('message', (rows: readonly Record<string, unknown>[]) => resolve(rows));
  return {
    all: (sql, params) =>
      new Promise((done) => {
        resolve = done;
        worker.postMessage({ sql, params });
      }),
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
