import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { registryFieldNames, type RegistryRow } from '@modelkeep/library';
import { openSqlite } from '@modelkeep/sqlite';
import { buildFluxLora, createSeededRandom } from '@modelkeep/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkspace } from '../../workspace/open-workspace.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { tempFolder } from '../../workspace.test-helper.ts';
import { registrySchema } from './registry-schema.ts';
import { addToRegistry, rowsOf, writeRegistry } from './registry.test-helper.ts';

function lora(fillSeed: number): Buffer {
  return Buffer.from(buildFluxLora({ scale: 0.02, fillSeed }));
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function put(path: string, bytes: Uint8Array): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
}

async function scene() {
  const folder = await tempFolder();
  const open = (): Promise<Workspace> => openWorkspace({ root: folder.join('library'), hub: { offline: true } });
  return { ...folder, open, registry: folder.join('old', 'mobilesd_models.sqlite') };
}

/** Every file below a folder with its content and when it was written, but for databases of ours and caches. */
async function snapshot(root: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || /\.db(?:-\w+)?$|\.modelkeep[\\/](?:locks|http-cache|misses)/u.test(path)) continue;
    files.push(`${path} ${(await stat(path)).mtimeMs} ${sha256Of(await readFile(path))}`);
  }
  return files.toSorted();
}

describe('each of the 24 fields', () => {
  const stated: Readonly<Record<keyof RegistryRow, readonly (string | number)[]>> = {
    id: [900],
    name: ['Thick “line”'],
    type: ['lora', 'checkpoint'],
    local_path: ['D:\\SD\\models\\Lora\\somewhere else.safetensors'],
    filename: ['of old.safetensors'],
    civitai_id: [7, 'none'],
    civitai_version_id: [70, 'none'],
    forge_format: ['SDXL'],
    hash_autov2: ['own'],
    hash_sha256: ['own'],
    civitai_model_name: ['Thick line', 'none'],
    civitai_model_base: ['Illustrious'],
    civitai_model_type: ['LORA'],
    civitai_model_version_name: ['v1'],
    civitai_model_version_desc: ['<p>First</p>'],
    civitai_model_version_date: ['2025-03-01T10:00:00.000Z'],
    civitai_download_url: ['https://civitai.com/api/download/models/70'],
    civitai_trained_words: ['["ink","line"]', 'ink, line'],
    civitai_file_size_kb: [223_101.5],
    metadata_status: ['partial', 'complete'],
    metadata_source: ['forge', 'civitai', 'embedded'],
    has_embedded_metadata: [0, 1],
    last_used: ['2026-01-02 00:00:00', 1_767_348_000],
    created_at: ['2025-12-24 18:00:00'],
  };
  const cases = Object.entries(stated).flatMap(([field, values]) => values.map((value) => [field, value] as const));
  let place: Awaited<ReturnType<typeof scene>>;
  const after = new Map<number, unknown>();
  const expected: (string | number)[] = [];

  beforeAll(async () => {
    place = await scene();
    const models = [];
    for (const [position, [field, value]] of cases.entries()) {
      const bytes = lora(position + 2);
      const path = await put(place.join('models', `${position}.safetensors`), bytes);
      const sha256 = sha256Of(bytes);
      const own = field === 'hash_autov2' ? sha256.slice(0, 10) : sha256;
      const known = { id: position + 1, name: `model ${position}`, local_path: path, metadata_status: 'none' };
      const hashes = field === 'hash_autov2' ? {} : { hash_sha256: sha256 };
      models.push({ ...known, ...hashes, [field]: value === 'own' ? own : value });
      expected.push(value === 'own' ? own : value);
    }
    await mkdir(dirname(place.registry));
    await writeRegistry(place.registry, { models });
    await using workspace = await place.open();
    await workspace.scan(place.join('models')).result;
    const report = await workspace.migrateRegistry(place.registry).result;
    expect(report).toMatchObject({ rows: cases.length, unmatched: [], conflicts: [], problems: [], scan: null });
    expect(report.matched.map(({ by }) => by)).toEqual(cases.map(() => 'hash'));
    await workspace.exportRegistryTo(place.join('again.sqlite'));
    const { models: rows } = await rowsOf(place.join('again.sqlite'));
    for (const row of rows) after.set(row['id'] as number, row);
  });
  afterAll(() => place[Symbol.asyncDispose]());

  it.each(cases.map(([field, value], position) => ({ field, value, position })))(
    '$field = $value is taken over and written back',
    ({ field, value, position }) => {
      const id = field === 'id' ? Number(value) : position + 1;
      expect(after.get(id)).toMatchObject({ [field]: expected[position] });
    },
  );
});

describe('a registry', () => {
  it('is looked at first, then taken over with files that are adopted where they are; a second time writes nothing', async () => {
    await using place = await scene();
    const [here, also, twice] = [lora(2), lora(3), lora(4)];
    const first = await put(place.join('sd', 'Lora', 'here.safetensors'), here);
    await put(place.join('sd', 'Lora', 'sub', 'unlisted.safetensors'), also);
    const one = await put(place.join('sd', 'a', 'twice.safetensors'), twice);
    const other = await put(place.join('sd', 'b', 'twice.safetensors'), twice);
    await mkdir(dirname(place.registry));
    await writeRegistry(place.registry, {
      models: [
        {
          id: 5,
          name: 'Here',
          local_path: first,
          civitai_model_base: 'Pony',
          hash_autov2: sha256Of(here).slice(0, 10),
        },
        { id: 6, name: 'Gone', local_path: '/no/such/gone.safetensors', hash_sha256: 'ab'.repeat(32) },
        { id: 7, name: 'Twice', local_path: one, hash_sha256: sha256Of(twice) },
        { id: 8, name: 'Twice again', local_path: other, hash_sha256: sha256Of(twice).toUpperCase() },
        {
          id: 9,
          name: 'Other',
          local_path: place.join('sd', 'Lora', 'here.safetensors'),
          hash_sha256: 'cd'.repeat(32),
        },
      ],
      aliases: [
        { id: 5, path: 'D:\\SD\\Lora\\here.safetensors' },
        { id: 77, path: '/of/no/model' },
      ].slice(0, 1),
    });
    const old = await snapshot(dirname(place.registry));
    await using workspace = await place.open();
    const plan = await workspace.migrateRegistry(place.registry, { dryRun: true }).result;
    expect(plan).toMatchObject({ dryRun: true, rows: 5, matched: [], scan: null, changed: 0, unchanged: 0 });
    expect(plan.toAdopt.map(({ id }) => id)).toEqual([5, 7, 8, 9]);
    expect(plan.folders).toEqual(['Lora', 'a', 'b'].map((name) => place.join('sd', name)));
    expect(plan.unmatched).toEqual([expect.objectContaining({ reason: 'gone' })]);
    expect(structuredClone(plan)).toEqual(plan);
    expect(await workspace.list()).toEqual([]);

    const report = await workspace.migrateRegistry(place.registry).result;
    expect(report.matched.map(({ id, by }) => `${id} ${by}`)).toEqual(['5 hash', '7 hash', '8 hash']);
    expect(report).toMatchObject({ changed: 2, unchanged: 0, problems: [], toAdopt: [] });
    expect(report.scan?.added).toHaveLength(3);
    expect(report.unmatched).toEqual([
      {
        reason: 'gone',
        aliases: [],
        row: expect.objectContaining({ id: 6, name: 'Gone', hash_sha256: 'ab'.repeat(32) }),
      },
    ]);
    expect(report.conflicts).toEqual([expect.objectContaining({ id: 9, reason: 'other-content' })]);
    const record = await workspace.findByPath('d:/sd/lora/HERE.safetensors');
    expect(record).toMatchObject({
      baseModel: 'Pony',
      place: { kind: 'external' },
      origins: { baseModel: 'registry' },
    });
    expect(await readFile(first)).toEqual(here);
    expect(await snapshot(dirname(place.registry))).toEqual(old);

    const before = await snapshot(place.join('library'));
    const again = await workspace.migrateRegistry(place.registry).result;
    expect(again).toMatchObject({ changed: 0, unchanged: 2 });
    expect(await snapshot(place.join('library'))).toEqual(before);

    await workspace.exportRegistryTo(place.join('again.sqlite'));
    const { models, aliases } = await rowsOf(place.join('again.sqlite'));
    expect(models.map(({ id, name }) => `${String(id)} ${String(name)}`)).toEqual([
      '5 Here',
      '7 Twice',
      '8 Twice again',
      '9 unlisted',
    ]);
    expect(aliases).toEqual([{ id: 5, path: 'D:\\SD\\Lora\\here.safetensors' }]);
    await expect(workspace.exportRegistryTo(place.join('again.sqlite'))).rejects.toMatchObject({ code: 'io.exists' });
    expect((await readdir(place.path)).toSorted()).toEqual(['again.sqlite', 'library', 'old', 'sd']);
  });

  it('of another system is matched by its paths, where it tells no hash; what was told since is told again', async () => {
    await using place = await scene();
    await put(place.join('models', 'Lora', 'line.safetensors'), lora(2));
    await put(place.join('models', 'vae', 'line.safetensors'), lora(3));
    await mkdir(dirname(place.registry));
    await writeRegistry(place.registry, {
      models: [
        { id: 1, name: 'Line', local_path: 'E:\\AI\\lora\\Line.safetensors', forge_format: 'SDXL' },
        { id: 2, name: 'Which', local_path: 'line.safetensors' },
        { id: 3, name: 'Relative', local_path: 'vae/line.safetensors' },
        { id: 4, name: 'In a folder', local_path: place.join('models', 'vae'), filename: 'line.safetensors' },
      ],
    });
    await using workspace = await place.open();
    await workspace.scan(place.join('models')).result;
    const report = await workspace.migrateRegistry(place.registry, { base: place.join('models') }).result;
    expect(report.matched.map(({ id, by }) => `${id} ${by}`)).toEqual(['1 path', '3 path', '4 path']);
    expect(report.unmatched.map(({ row, reason }) => `${row.id} ${reason}`)).toEqual(['2 gone']);
    await addToRegistry(place.registry, { sql: [`update models set metadata_status = 'partial' where id = 1`] });
    expect(await workspace.migrateRegistry(place.registry).result).toMatchObject({ changed: 1, unchanged: 1 });
  });

  it('with a write-ahead log is read with what stands in it, and nothing is made beside it', async () => {
    await using place = await scene();
    await mkdir(dirname(place.registry));
    await using database = await openSqlite({ path: place.registry });
    await database.transaction(registrySchema.map((sql) => ({ sql })));
    await database.run(`insert into models (name) values ('in the log')`);
    expect(database.journal).toBe('wal');
    const before = await readdir(dirname(place.registry));
    await using workspace = await place.open();
    const report = await workspace.migrateRegistry(place.registry, { dryRun: true }).result;
    expect(report.unmatched.map(({ row }) => row.name)).toEqual(['in the log']);
    expect(await readdir(dirname(place.registry))).toEqual(before);
  });

  it('may hold anything: what can be used is, and the rest is told', async () => {
    await using place = await scene();
    await mkdir(dirname(place.registry));
    const columns = registryFieldNames.filter((name) => name !== 'last_used');
    await writeRegistry(place.registry, {
      schema: [
        `create table models (${columns.map((name) => `"${name}"`).join(', ')})`,
        'create table model_aliases (model_id, alias_path)',
        'create view model_server_availability as select 1 as model_id',
      ],
      models: [
        { id: 1, name: 'good', hash_sha256: 'ab'.repeat(32) },
        { id: 2n ** 60n, name: 'too large' },
        { id: 3, name: new Uint8Array([1, 2]) },
        { id: 4, name: 'half', civitai_id: 'x', local_path: 7, civitai_model_version_desc: 'y'.repeat(200_000) },
        { id: 5, name: null },
      ],
      aliases: [
        { id: 1, path: '/a' },
        { id: 1, path: '' },
        { id: 99, path: '/b' },
      ],
      sql: [`insert into models (id, name, filename) values (6, 'nul', cast(x'610062' as text))`],
    });
    await using workspace = await place.open();
    const report = await workspace.migrateRegistry(place.registry).result;
    expect(report.unmatched.map(({ row, aliases }) => [row.id, row.name, aliases])).toEqual([
      [1, 'good', ['/a']],
      [4, 'half', []],
      [6, 'nul', []],
    ]);
    expect(report.missingFields).toEqual(['last_used']);
    expect(report.problems.map(({ row, field }) => `${row} ${field}`)).toEqual([
      'null null',
      '2 id',
      '3 name',
      '4 local_path',
      '4 civitai_id',
      '4 civitai_model_version_desc',
      '5 name',
      '6 filename',
      'null null',
    ]);
    expect(report.problems.at(-1)?.reason).toContain('2 aliases');
  });

  it('whose tables could do anything, or lack what is needed, is refused, and nothing is written', async () => {
    await using place = await scene();
    await mkdir(dirname(place.registry));
    await using workspace = await place.open();
    const before = await snapshot(place.join('library'));
    const schemas = [
      'create table other (id)',
      'create table models (id integer primary key)',
      `create view models as with recursive n(id) as (select 1 union all select id from n) select id, 'x' name from n`,
      'create virtual table models using fts5(id, name)',
      'create table models (id integer primary key, name) without rowid',
      'create table models (id, name, _rowid_)',
      'create table models (id, name generated always as (hex(zeroblob(id))))',
    ];
    for (const schema of schemas) {
      await rm(place.registry, { force: true });
      await writeRegistry(place.registry, { schema: [schema] });
      await expect(workspace.migrateRegistry(place.registry).result, schema).rejects.toMatchObject({
        code: 'workflows.unreadable-source',
        facts: { path: place.registry },
      });
    }
    expect(await snapshot(place.join('library'))).toEqual(before);
  });

  it('that is none, is missing, a folder, or has a journal to take back is refused', async () => {
    await using place = await scene();
    await mkdir(dirname(place.registry));
    await using workspace = await place.open();
    const codeOf = async (path: string): Promise<string> => {
      try {
        await workspace.migrateRegistry(path).result;
        return 'taken over';
      } catch (error) {
        return isModelkeepError(error) ? error.code : String(error);
      }
    };
    expect(await codeOf(place.registry)).toBe('io.not-found');
    expect(await codeOf(dirname(place.registry))).toBe('workflows.unreadable-source');
    expect(await codeOf('')).toBe('core.invalid-argument');
    for (const bytes of ['', 'not a database at all'.repeat(100)]) {
      await writeFile(place.registry, bytes);
      expect(await codeOf(place.registry)).toBe('workflows.unreadable-source');
    }
    await rm(place.registry);
    await writeRegistry(place.registry, { models: [{ id: 1, name: 'a' }] });
    await writeFile(`${place.registry}-journal`, Buffer.from('d9d505f920a163d700000001', 'hex'));
    expect(await codeOf(place.registry)).toBe('workflows.unreadable-source');
    await writeFile(`${place.registry}-journal`, Buffer.alloc(512));
    expect(await codeOf(place.registry)).toBe('taken over');
  });

  it('that is damaged anywhere gives an answer or a typed error', async () => {
    await using place = await scene();
    await mkdir(dirname(place.registry));
    const models = Array.from({ length: 60 }, (_, id) => ({
      id: id + 1,
      name: `model ${id}`,
      filename: 'x'.repeat(300),
    }));
    const aliases = models.map(({ id }) => ({ id, path: `/models/${id}.safetensors` }));
    await writeRegistry(place.registry, { models, aliases });
    const whole = await readFile(place.registry);
    const random = createSeededRandom(20_261_126);
    await using workspace = await place.open();
    const outcomes = new Map<string, number>();
    for (let round = 0; round < 60; round += 1) {
      const bytes = Buffer.from(whole);
      for (let change = 0; change <= random.below(40); change += 1)
        bytes[random.below(bytes.length)] = random.below(256);
      await writeFile(place.registry, bytes);
      if (round % 7 === 0) await truncate(place.registry, random.below(bytes.length));
      try {
        const { rows } = await workspace.migrateRegistry(place.registry).result;
        outcomes.set('read', (outcomes.get('read') ?? 0) + (rows > 0 ? 1 : 0));
      } catch (error) {
        const code = isModelkeepError(error) ? error.code : String(error);
        outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      }
    }
    expect([...outcomes.keys()].toSorted()).toEqual(['read', 'workflows.unreadable-source']);
  });
});
