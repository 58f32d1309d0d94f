import { describe, expect, it } from 'vitest';
import { abortable, createOutage, isId, isSha1, isSha256, newId, silentLogger, systemClock } from './index.ts';
import { modelMetadataSchema, modelOverridesSchema, volumeFileSchema } from './schemas/index.ts';

describe('ids and digests', () => {
  it('makes ids that sort by time and are safe as names', () => {
    const ids = Array.from({ length: 50 }, () => newId());
    expect(ids.toSorted()).toEqual(ids);
    expect(ids.every((id) => isId(id))).toBe(true);
    for (const bad of ['', '../x', ids[0]?.toUpperCase() ?? '', `${ids[0] ?? ''}/`]) expect(isId(bad), bad).toBe(false);
  });

  it('takes lower-case hex of the right length only', () => {
    expect(isSha256('a'.repeat(64))).toBe(true);
    expect(isSha1('0'.repeat(40))).toBe(true);
    for (const bad of ['A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(63)}/`, `${'a'.repeat(64)}\n`, 7, null, undefined])
      expect(isSha256(bad)).toBe(false);
    expect(isSha1('g'.repeat(40))).toBe(false);
  });
});

describe('the clock of the system', () => {
  it('sleeps, and stops sleeping with the reason of the signal', async () => {
    const before = systemClock.monotonicMs();
    await systemClock.sleep(5);
    expect(systemClock.monotonicMs() - before).toBeGreaterThanOrEqual(4);
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
    const abort = new AbortController();
    const reason = new Error('awake');
    const sleeping = systemClock.sleep(60_000, abort.signal);
    abort.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(systemClock.sleep(1, new AbortController().signal)).resolves.toBeUndefined();
  });

  it('a wait ends with the promise or with the signal, whichever comes first', async () => {
    const abort = new AbortController();
    const reason = new Error('no longer');
    await expect(abortable(Promise.resolve(7), abort.signal)).resolves.toBe(7);
    await expect(abortable(Promise.reject(reason), abort.signal)).rejects.toBe(reason);
    const waiting = abortable(new Promise(() => {}), abort.signal);
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(abortable(Promise.reject(new Error('too late')), abort.signal)).rejects.toBe(reason);
  });

  it('the silent logger says nothing', () => {
    for (const level of ['debug', 'info', 'warn', 'error'] as const) expect(silentLogger[level]('x')).toBeUndefined();
  });
});

describe('the schemas of the files on disk', () => {
  const metadata = {
    schema: 1,
    id: newId(),
    slug: 'lora/flux1/x',
    officialName: 'x',
    cleanedName: 'x',
    format: 'safetensors',
    files: [
      {
        name: 'x.safetensors',
        officialName: 'x.safetensors',
        role: 'weights',
        sizeBytes: 1,
        sha256: 'a'.repeat(64),
        blake3: null,
        gitSha1: null,
        source: null,
      },
    ],
    sources: [],
    sourceGroup: null,
    variantOf: null,
    companions: [],
    expectedFiles: [],
    layers: { scan: { facts: { type: 'lora', somethingNew: 7 }, at: '2026-01-01T00:00:00.000Z' } },
    revision: 1,
    txn: newId(),
    importedAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    fromTheFuture: { kept: true },
  };

  it('keeps fields that it does not know', () => {
    expect(modelMetadataSchema.parse(metadata)).toEqual(metadata);
    expect(modelOverridesSchema.parse({ version_ranges: { comfyui: '>=0.3' } })).toEqual({
      version_ranges: { comfyui: '>=0.3' },
    });
  });

  it.each([
    ['a digest that is a path', { files: [{ ...metadata.files[0], sha256: '../../etc/passwd' }] }],
    ['an id that is a path', { id: '../x' }],
    ['no files', { files: [] }],
    ['a revision of nothing', { revision: 0 }],
    ['a size below zero', { files: [{ ...metadata.files[0], sizeBytes: -1 }] }],
    ["the user's layer", { layers: { user: metadata.layers.scan } }],
  ])('refuses %s', (_what, change) => {
    expect(modelMetadataSchema.safeParse({ ...metadata, ...change }).success).toBe(false);
  });

  it('knows a volume', () => {
    const volume = {
      format: 1,
      minReader: 1,
      minWriter: 1,
      libraryId: newId(),
      volumeId: newId(),
      store: 'linked',
      createdAt: '2026-01-01T00:00:00.000Z',
    };
    expect(volumeFileSchema.parse(volume)).toEqual(volume);
    expect(volumeFileSchema.safeParse({ ...volume, libraryId: 'x' }).success).toBe(false);
  });
});

it('an outage is told at first, after growing pauses, and when all have their answers again', () => {
  const lines: string[] = [];
  const logger = {
    ...silentLogger,
    warn: (message: string, facts?: object) => void lines.push(`${message} ${JSON.stringify(facts)}`),
    info: (message: string, facts?: object) => void lines.push(`${message} ${JSON.stringify(facts)}`),
  };
  let nowMs = 5;
  const clock = { monotonicMs: () => nowMs };
  const outage = createOutage({ logger, clock, message: 'away', over: 'back', facts: { url: 'x' } });
  outage.answered('read');
  for (; nowMs < 60_000; nowMs += 1_000) {
    outage.failed('read', 'refused');
    outage.failed('write', 'refused');
  }
  outage.answered('read');
  outage.answered('read');
  outage.answered('write');
  outage.failed('read', 'refused again');
  expect(lines).toEqual([
    'away {"url":"x","work":"read","error":"refused","failures":1}',
    'away {"url":"x","work":"read","error":"refused","failures":21}',
    'away {"url":"x","work":"read","error":"refused","failures":61}',
    'back {"url":"x","awayMs":60000,"failures":120}',
    'away {"url":"x","work":"read","error":"refused again","failures":1}',
  ]);
});
