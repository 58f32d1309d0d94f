import { PassThrough } from 'node:stream';
import { noProgress, startOperation, silentLogger, type ModelRecord } from '@modelkeep/core';
import { expect, it, vi } from 'vitest';
import { createLogger } from './create-logger.ts';
import { modelCard } from './model-lines.ts';
import { reportError } from './report-error.ts';
import { withProgress } from './show-progress.ts';
import { createTerminal } from './terminal.ts';

it('writes results to stdout and everything else to stderr, and no bar where nobody watches', async () => {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const terminal = createTerminal();
    terminal.out('result');
    const logger = createLogger(terminal);
    logger.warn('careful', { path: '/x' });
    logger.error('broken');
    logger.info('nothing for people');
    logger.debug('nothing for people');
    expect(out.mock.calls.map(([text]) => text)).toEqual(['result\n']);
    expect(err.mock.calls.map(([text]) => text)).toEqual(['warning: careful {"path":"/x"}\n', 'error: broken\n']);
    const operation = startOperation(async () => 7);
    expect(await withProgress({ ...terminal, progressStream: null }, operation)).toBe(7);
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
  expect(Object.keys(silentLogger)).toHaveLength(4);
});

it('is not brought down by a reader that has gone', () => {
  createTerminal();
  const before = process.exitCode;
  process.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  expect(process.exitCode).toBe(1);
  process.exitCode = before;
});

it('shows a bar where somebody watches, with what is known so far', async () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 30 });
  let shown = '';
  stream.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  for (const name of ['cursorTo', 'moveCursor', 'clearLine', 'clearScreenDown'] as const)
    Object.assign(stream, { [name]: () => true });
  const terminal = { out() {}, err() {}, progressStream: stream as PassThrough & NodeJS.WriteStream };
  const operation = startOperation(async (report) => {
    report({
      ...noProgress,
      phase: 'downloading',
      bytesDone: 5e6,
      bytesTotal: 1e7,
      fraction: 0.5,
      bytesPerSecond: 1e6,
      etaMs: 5_000,
      file: 'x.gguf',
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
  });
  await withProgress(terminal, operation);
  expect(shown).toContain('5.0 MB / 10.0 MB  1.0 MB/s  5 s left  x.gguf');
});

it('says what is missing of a model, and shows errors that are not ours', () => {
  const model: Partial<ModelRecord> = {
    officialName: 'x',
    place: { kind: 'library' },
    origins: {},
    tags: [],
    triggerWords: [],
    sources: [{ provider: 'local', endpoint: null, repo: null, revision: null, commit: null, path: '/x' }],
    files: [],
    expectedFiles: ['a-00001-of-00002.gguf'],
    complete: false,
    parameterCount: 7_000,
    sizeBytes: 0,
  };
  const card = modelCard(model as ModelRecord, '/models/x');
  expect(card).toMatch(/complete: +no: a-00001-of-00002\.gguf/);
  expect(card).toMatch(/parameters: +7,000/);
  const lines: string[] = [];
  const terminal = {
    out: (text: string) => lines.push(text),
    err: (text: string) => lines.push(text),
    progressStream: null,
  };
  expect(reportError('a text', { terminal, json: true, interrupted: false })).toBe(1);
  expect(JSON.parse(lines[0] ?? '')).toEqual({ error: { name: 'Error', message: 'a text' } });
});
