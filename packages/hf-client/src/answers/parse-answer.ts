import { ModelkeepError, redactUrl } from '@modelkeep/core';
import type { z } from 'zod';

const MAX_ISSUES = 3;

/** The error of an answer that is JSON but not what the protocol says. */
export function schemaError(url: string, found: string): ModelkeepError<'network.body'> {
  return new ModelkeepError('network.body', {
    message: `The answer of ${redactUrl(url)} is not what the Hub's protocol says: ${found}`,
    facts: { url: redactUrl(url), reason: 'schema', found },
    hint: 'The endpoint may not be a Hugging Face Hub, or it speaks a newer protocol.',
  });
}

/**
 * Checks an answer's JSON. Unknown fields are left out.
 *
 * @throws `network.body` with the reason `schema`, naming the fields and not their values
 */
export function parseAnswer<T>(schema: z.ZodType<T>, url: string, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, MAX_ISSUES);
  throw schemaError(url, issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; '));
}
