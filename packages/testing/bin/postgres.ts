import { createInterface } from 'node:readline';
import { createPostgresProcess } from '../src/postgres/postgres-process.ts';

/**
 * A Postgres that does not outlive who started it: it ends, and its folder goes, when the input is closed, however that
 * came about. Lines of the input are `start`, `stop` and `crash`; each is answered by a line of JSON.
 */
const answer = (said: object): void => void process.stdout.write(`${JSON.stringify(said)}\n`);
// Ctrl+C goes to the whole group; the end of the input follows it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdout.on('error', () => {});

try {
  const { MODELKEEP_POSTGRES_PASSWORD: password = '', MODELKEEP_POSTGRES_BUFFERS: buffersMib = '32' } = process.env;
  const server = await createPostgresProcess(password, Number(buffersMib));
  try {
    await server.start();
    answer({ port: server.port });
    for await (const line of createInterface({ input: process.stdin })) {
      if (line === 'start') await server.start();
      else await server.stop(line === 'crash' ? 'immediate' : 'fast');
      answer({ done: line });
    }
  } finally {
    await server.remove();
  }
} catch (error) {
  answer({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
