import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A real Postgres for tests, on loopback. */
export interface TestPostgres extends AsyncDisposable {
  readonly port: number;
  /** What the user `postgres` logs in with. */
  readonly password: string;
  /** The address of a new, empty database. */
  createDatabase(): Promise<string>;
  /** Runs statements as the user `postgres`. @param url - of the database; of `postgres` where it is not given */
  run<Row = Record<string, unknown>>(sql: string, url?: string): Promise<readonly Row[]>;
  /** Cuts every client off and ends the server; `crash` gives it no time to write anything down. */
  stop(how?: 'stop' | 'crash'): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** How a Postgres for tests is started. */
export interface StartPostgresOptions {
  /** Memory for its pages: more than tests need where it is measured. @default 32 */
  readonly sharedBuffersMib?: number | undefined;
}

interface Said {
  readonly port?: number;
  readonly error?: string;
}

/**
 * Starts a Postgres in a folder of its own. A process of its own watches over it, so that neither the server nor the
 * folder is left when the caller is killed.
 *
 * @throws Error that says why there is no Postgres on this system
 */
export async function startPostgres({ sharedBuffersMib = 32 }: StartPostgresOptions = {}): Promise<TestPostgres> {
  const password = randomBytes(12).toString('hex');
  const program = fileURLToPath(new URL('../../bin/postgres.ts', import.meta.url));
  const watcher = spawn(process.execPath, ['--conditions=modelkeep-source', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      MODELKEEP_POSTGRES_PASSWORD: password,
      MODELKEEP_POSTGRES_BUFFERS: String(sharedBuffersMib),
    },
    // Of a group of its own: who kills the group of the tests does not kill it before it has cleaned up.
    detached: true,
  });
  const ended = once(watcher, 'exit');
  watcher.stdin.on('error', () => {});
  const lines = createInterface({ input: watcher.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Said> => {
    const { value, done } = await lines.next();
    const said = (done === true ? { error: 'its watcher ended' } : JSON.parse(value)) as Said;
    if (said.error !== undefined) throw new Error(said.error);
    return said;
  };
  const ask = async (line: string): Promise<void> => {
    watcher.stdin.write(`${line}\n`);
    await answer();
  };
  const { port = 0 } = await answer();
  const addressOf = (database: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
  let databases = 0;

  const run = async <Row>(sql: string, url = addressOf('postgres')): Promise<readonly Row[]> => {
    // Loaded here: most who use this package use no database.
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const result: unknown = await client.query(sql);
      return (Array.isArray(result) ? [] : (result as { rows: Row[] }).rows) ?? [];
    } finally {
      await client.end();
    }
  };
  const close = async (): Promise<void> => {
    watcher.stdin.end();
    await ended;
  };
  return {
    port,
    password,
    async createDatabase() {
      databases += 1;
      await run(`create database test${databases}`);
      return addressOf(`test${databases}`);
    },
    run,
    stop: (how = 'stop') => ask(how),
    start: () => ask('start'),
    close,
    [Symbol.asyncDispose]: close,
  };
}
