import { ModelkeepError, redactUrl } from '@modelkeep/core';
import type { z } from 'zod';

const MAX_ISSUES = 3;

/**
 * Checks an answer's JSON. Unknown fields are left out.
 *
 * @throws `network.body` with the reason `schema`, naming the fields and not their values
 */
export function parseAnswer<T>(schema: z.ZodType<T>, address: string, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, MAX_ISSUES);
  const found = issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; ');
  const url = redactUrl(address);
  throw new ModelkeepError('network.body', {
    message: `The answer of ${url} is not what Civitai's API says: ${found}`,
    facts: { url, reason: 'schema', found },
    hint: 'The endpoint may not be Civitai, or it speaks a newer protocol.',
  });
}
