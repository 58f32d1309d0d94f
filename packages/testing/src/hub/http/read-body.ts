import type { IncomingMessage } from 'node:http';
import { refuse } from '../protocol/refusal.ts';

const LARGEST_BODY_BYTES = 1024 * 1024;

/** The body of a request as text; more than 1 MiB is answered with 413. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= LARGEST_BODY_BYTES) chunks.push(chunk);
  }
  if (sizeBytes > LARGEST_BODY_BYTES) return refuse(413, { message: 'Request body too large' });
  return Buffer.concat(chunks).toString();
}
