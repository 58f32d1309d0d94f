import { ModelkeepError } from 'modelkeep';
import type { Terminal } from '../output/terminal.ts';

const MOST_BYTES = 64 * 1024 * 1024;

/** @internal All of what is piped in, as text. */
export async function readStdin({ stdin = process.stdin }: Pick<Terminal, 'stdin'>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      throw new ModelkeepError('core.invalid-argument', {
        message: 'more than 64 MiB came over stdin',
        facts: { argument: 'stdin' },
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
