import { ModelkeepError } from '@modelkeep/core';
import { z } from 'zod';
import type { NewJob } from '../ports/job.ts';

const MAX_PAYLOAD_BYTES = 1_048_576;
const MAX_CHECKPOINT_BYTES = 65_536;
const HOUR_MS = 3_600_000;

/** Texts that every engine can store. */
const text = z
  .string()
  .min(1)
  .max(512)
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'has characters that cannot be stored');

const NAME = /^[a-z][a-z0-9-]{0,63}$/u;

const shape = z.strictObject({
  type: z.string().regex(NAME),
  payload: z.unknown(),
  dedupeKey: text.optional(),
  priority: z.int().min(-1_000).max(1_000).default(0),
  lane: text.optional(),
  after: z.array(z.string().min(1).max(64)).max(100).default([]),
  maxAttempts: z.int().min(1).max(1_000).default(3),
  backoffMs: z.int().min(0).max(HOUR_MS).default(1_000),
  runAtMs: z.int().min(0).max(8_640_000_000_000_000).optional(),
});

/** A job as engines store it: checked, with its defaults, and its payload as text. */
export interface CheckedJob {
  readonly type: string;
  readonly payloadText: string;
  readonly dedupeKey?: string | undefined;
  readonly priority: number;
  readonly lane?: string | undefined;
  /** Without doubles. */
  readonly after: readonly string[];
  readonly maxAttempts: number;
  readonly backoffMs: number;
  readonly runAtMs?: number | undefined;
}

/** The name of a schedule. @throws `core.invalid-argument` */
export function checkScheduleId(id: unknown): string {
  if (typeof id === 'string' && NAME.test(id)) return id;
  throw new ModelkeepError('core.invalid-argument', {
    message: 'the name of a schedule is 1 to 64 lower-case letters, digits and "-", and begins with a letter',
    facts: { argument: 'id', found: id },
  });
}

/** @throws `core.invalid-argument` for what no store takes */
export function checkNewJob(job: NewJob): CheckedJob {
  const read = shape.safeParse(job);
  if (!read.success) {
    const issue = read.error.issues[0];
    throw refused(issue?.path.join('.') ?? 'job', issue?.message ?? 'it is no job');
  }
  const { payload, ...rest } = read.data;
  return { ...rest, after: [...new Set(rest.after)], payloadText: jsonText(payload, 'payload') };
}

/** A checkpoint as engines store it. @throws `core.invalid-argument` for what is no JSON, or longer than 64 KiB */
export function checkpointText(checkpoint: unknown): string {
  return jsonText(checkpoint, 'checkpoint', MAX_CHECKPOINT_BYTES);
}

/** Plain data as text. @throws `core.invalid-argument` for what is no JSON, or too long */
export function jsonText(value: unknown, argument: string, maxBytes: number = MAX_PAYLOAD_BYTES): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value ?? null);
  } catch {
    // A cycle, a BigInt, or a toJSON of the caller's that throws: whatever it is, it is no plain data.
  }
  if (text === undefined || Buffer.byteLength(text) > maxBytes) {
    throw refused(argument, text === undefined ? 'it is no JSON' : `it is longer than ${maxBytes} bytes`);
  }
  return text;
}

function refused(argument: string, reason: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: `${argument} of a job is not as it should be: ${reason}`,
    facts: { argument },
  });
}
