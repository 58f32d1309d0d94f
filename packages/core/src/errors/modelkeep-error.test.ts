import { describe, expect, it } from 'vitest';
import { errorFromJSON, isModelkeepError, ModelkeepError, serialiseError } from './modelkeep-error.ts';

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
      message: 'sent Bearer abc.def and hf_0123456789abc',
      facts: { resource: 'x' },
    });
    expect(bearer.message).toBe('sent [redacted] and [redacted]');
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
});
