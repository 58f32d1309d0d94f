import { once } from 'node:events';

/** The input of a server's program, which its parent sends. */
export async function firstMessage(): Promise<unknown> {
  const [input] = (await once(process, 'message')) as unknown[];
  return input;
}
