import { describe, expect, it } from 'vitest';
import {
  errorFromJSON,
  isModelkeepError,
  ModelkeepError,
  serialiseError,
  type SerialisedError,
} from './modelkeep-error.ts';

const integrity = (): ModelkeepError<'transfer.integrity'> =>
  new ModelkeepError('transfer.integrity', {
    message: 'model.safetensors from https://user:secret@hub.example/x?sig=abc is not what was promised',
    facts: { file: 'model.safetensors', url: 'https://hub.example/x', algorithm: 'sha256', expected: 'a', found: 'b' },
    hint: 'try again',
    cause: Object.assign(new Error('inner'), { code: 'ECONNRESET' }),
  });

describe('an error of modelkeep', () => {
  it('keeps code, facts, hint and causes across a process border', () => {
    const copy = errorFromJSON(structuredClone(integrity().toJSON()));
    expect(isModelkeepError(copy, 'transfer.integrity')).toBe(true);
    expect(copy).toMatchObject({ code: 'transfer.integrity', facts: { expected: 'a', found: 'b' }, hint: 'try again' });
    expect(copy.cause).toMatchObject({ message: 'inner', code: 'ECONNRESET' });
  });

  it('carries no credentials in its message', () => {
    expect(integrity().message).toBe('model.safetensors from https://hub.example/x?… is not what was promised');
    const bearer = new ModelkeepError('core.closed', {
      message: 'sent Bearer abc.def and hf_0123456789abcdefghij0123456789',
      facts: { resource: 'x' },
    });
    expect(bearer.message).toBe('sent [redacted] and [redacted]');
  });

  it('carries none in its hint and in the text of its facts', () => {
    const error = new ModelkeepError('core.invalid-argument', {
      message: 'not a token',
      facts: { argument: 'token hf_0123456789abcdefghij0123456789', found: { nested: 1 } },
      hint: 'not https://user:secret@hub.example/x?token=abc',
    });
    expect(error.facts).toEqual({ argument: 'token [redacted]', found: { nested: 1 } });
    expect(error.hint).toBe('not https://hub.example/x?…');
    expect(error.toJSON()).toMatchObject({ facts: error.facts, hint: error.hint });
  });

  it('leaves the facts that it was given as they are, and takes data that has lost them', () => {
    const facts = Object.freeze({ resource: 'Bearer abc' });
    expect(new ModelkeepError('core.closed', { message: 'closed', facts }).facts).toEqual({ resource: '[redacted]' });
    expect(facts).toEqual({ resource: 'Bearer abc' });
    const lost = errorFromJSON({ name: 'ModelkeepError', message: 'closed', code: 'core.closed' });
    expect(lost).toMatchObject({ code: 'core.closed', facts: undefined });
  });

  it('is told apart by its code', () => {
    expect(isModelkeepError(integrity())).toBe(true);
    expect(isModelkeepError(integrity(), 'core.closed')).toBe(false);
    expect(isModelkeepError(new Error('plain'))).toBe(false);
    expect(isModelkeepError({ isModelkeepError: true, code: 'core.closed' })).toBe(false);
    expect(isModelkeepError(undefined)).toBe(false);
  });

  it('is known across duplicate installs: by what it says, not by its class', () => {
    class Other extends Error {
      get isModelkeepError(): true {
        return true;
      }
      readonly code = 'core.closed';
    }
    expect(isModelkeepError(new Other('closed'), 'core.closed')).toBe(true);
  });
});

describe('serialising any error', () => {
  it('keeps name, message and system code of a plain one', () => {
    const data = serialiseError(Object.assign(new TypeError('bad'), { code: 'EIO' }));
    expect(data).toEqual({ name: 'TypeError', message: 'bad', code: 'EIO' });
    expect(errorFromJSON(data)).toMatchObject({ name: 'TypeError', message: 'bad', code: 'EIO' });
  });

  it('takes what is no error, and ends chains of causes', () => {
    expect(serialiseError('text')).toEqual({ name: 'Error', message: 'text' });
    const loop = new Error('loop');
    loop.cause = loop;
    expect(JSON.stringify(serialiseError(loop)).match(/loop/g)).toHaveLength(9);
  });

  it('ends chains of causes on the way back too', () => {
    const data: { name: string; message: string; cause?: SerialisedError } = { name: 'Error', message: 'loop' };
    data.cause = data;
    let depth = 0;
    for (let error: unknown = errorFromJSON(data); error instanceof Error; error = error.cause) depth += 1;
    expect(depth).toBe(9);
  });
});
