import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, readlink } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isModelkeepError } from '@modelkeep/core';
import { createIo } from '@modelkeep/io';
import { buildFluxLora, createFaultyFileSystem, startHub, systemError, textBytes } from '@modelkeep/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace, openWorkspaceOn } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Changes at which the update ends, of each kind of end. */
const POINTS = Number(process.env['MODELKEEP_KILL_POINTS'] ?? 2);
const program = fileURLToPath(new URL('./update-cut-off.test-program.ts', import.meta.url));
const codes = ['ENOSPC', 'EIO', 'EACCES'] as const;
const commits = [1, 2, 3].map((number) => [
  { path: 'line.safetensors', content: buildFluxLora({ scale: 0.02, fillSeed: number }) },
  { path: 'README.md', content: textBytes(`text ${number}`) },
]);
const textOf = (number: number): string => `text ${number}`;

let folder: Awaited<ReturnType<typeof tempFolder>>;
let hub: Awaited<ReturnType<typeof startHub>>;
let libraries = 0;
/** Of an update that nothing hinders. */
let changes = 0;

beforeAll(async () => {
  folder = await tempFolder();
  hub = await startHub({ repos: [] });
  changes = (await updateInChild(await outdated(), -1)) ?? 0;
}, 240_000);
afterAll(async () => {
  await hub.close();
  await folder[Symbol.asyncDispose]();
});

interface Outdated {
  readonly root: string;
  /** Where an app has its link to the newest version. */
  readonly link: string;
  /** Of the three versions: one that is pinned, the one that is updated, and the name of the hub's newest. */
  readonly pinned: string;
  readonly present: string;
}

const open = (root: string): Promise<Workspace> => openWorkspace({ root, hub: { endpoint: hub.hubUrl } });

/** A library with two versions of a model, of which the hub has a third one. */
async function outdated(): Promise<Outdated> {
  libraries += 1;
  const [root, repo, app] = [`library-${libraries}`, `acme/line-${libraries}`, `app-${libraries}`];
  await mkdir(folder.join(app, 'models', 'loras'), { recursive: true });
  const [first = [], second = [], third = []] = commits;
  await hub.addRepo({ id: repo, files: first });
  await using library = await open(folder.join(root));
  const { models } = await library.download(await library.planDownload(`hf:${repo}`)).result;
  const pinned = models[0]?.id ?? '';
  await hub.commit(repo, { files: second });
  const present = (await library.update(pinned).result).model.id;
  await library.edit(present, { tags: ['mine'] });
  await library.pin(pinned);
  await (await library.planLinks('comfyui', { appRoot: folder.join(app) })).apply();
  await hub.commit(repo, { files: third });
  const [link = ''] = await readdir(folder.join(app, 'models', 'loras'));
  return { root: folder.join(root), link: folder.join(app, 'models', 'loras', link), pinned, present };
}

/** The old version is whole, or the new one is; the same command does the rest, and nothing is left over. */
async function expectWhole({ root, link, pinned, present }: Outdated, where: string): Promise<void> {
  await using library = await open(root);
  const look = async (): Promise<readonly string[]> => {
    const models = await library.list();
    expect(
      models.every(({ complete }) => complete),
      where,
    ).toBe(true);
    expect(await library.verify().result, where).toMatchObject({ models: models.length, problems: [] });
    expect(
      (await library.diagnose()).findings.filter(({ level }) => level === 'problem'),
      where,
    ).toEqual([]);
    const ids = models.map(({ id }) => id);
    expect(ids, where).toContain(pinned);
    // Whichever it is, the app has one of them.
    expect(
      commits.map(([file]) => file?.content),
      where,
    ).toContainEqual(new Uint8Array(await readFile(link)));
    return ids.filter((id) => id !== pinned);
  };
  const left = await look();
  expect(left.length, where).toBeGreaterThan(0);
  expect((await library.get(left[0] ?? '')).tags, where).toEqual(['mine']);
  await library.collectGarbage().result;
  expect(await look(), where).toEqual(left);

  const reference = left.includes(present) ? present : (left[0] ?? '');
  const { model, release } = await library.update(reference, { keepOld: false, relink: true }).result;
  expect(release?.kept, where).toMatchObject([{ modelId: pinned, why: 'pinned' }]);
  expect(await look(), where).toEqual([model.id]);
  expect(model.tags, where).toEqual(['mine']);
  expect(
    (await library.versions(pinned)).map((version) => version.model.id),
    where,
  ).toEqual([pinned, model.id]);
  expect(await readFile(`${library.folderOf(model)}/README.md`, 'utf8'), where).toBe(textOf(3));
  expect(await readFile(`${library.folderOf(await library.get(pinned))}/README.md`, 'utf8'), where).toBe(textOf(1));
  expect(await readlink(link), where).toBe(`${library.folderOf(model)}/line.safetensors`);
  for (let round = 0; round < 2; round += 1) await library.collectGarbage({ graceMs: 0 }).result;
  expect(await look(), where).toEqual([model.id]);
  expect(await readdir(`${root}/blobs/sha256`), where).toHaveLength(4);
  const records = await readdir(`${root}/.modelkeep/txn`);
  expect(
    records.filter((name) => name.endsWith('.json')),
    where,
  ).toEqual([]);
}

/** @returns how many changes an update made that was not killed, null for one that was */
async function updateInChild({ root, present }: Outdated, atMutation: number): Promise<number | null> {
  const args = ['--conditions=modelkeep-source', program, root, hub.hubUrl, present, String(atMutation)];
  try {
    return Number((await promisify(execFile)(process.execPath, args)).stdout);
  } catch (error) {
    if ((error as { signal?: unknown }).signal === 'SIGKILL') return null;
    throw error;
  }
}

it('an update that gives up the version of before and is killed leaves one of them whole, and is finished later', async () => {
  expect(changes).toBeGreaterThan(40);
  for (const atMutation of spread(0.75)) {
    const library = await outdated();
    expect(await updateInChild(library, atMutation)).toBeNull();
    await expectWhole(library, `killed at change ${atMutation} of ${changes}`);
  }
}, 3_600_000);

it('two updates at once make one new version', async () => {
  const library = await outdated();
  const ends = await Promise.allSettled([updateInChild(library, -1), updateInChild(library, -1)]);
  // One that comes when the other has given up what it was to update finds no such model.
  expect(ends.map(({ status }) => status)).toContain('fulfilled');
  for (const end of ends)
    if (end.status === 'rejected') expect(String(end.reason)).toContain('library.model-not-found');
  await expectWhole(library, 'two at once');
}, 240_000);

it('an update whose drive fails tells it by a code, leaves a version whole, and is finished later', async () => {
  let failures = 0;
  for (const [point, atMutation] of spread(0.25).entries()) {
    const library = await outdated();
    const code = codes[point % codes.length] ?? 'EIO';
    const faulty = createFaultyFileSystem({ atMutation, lasts: 'once', error: () => systemError(code) });
    const outcome = await updateOn(faulty, library).catch((error: unknown) => error);
    const where = `${code} at change ${atMutation}: ${faulty.struck?.name} ${faulty.struck?.path}`;
    expect(faulty.struck, where).not.toBeNull();
    if (outcome !== undefined) {
      failures += 1;
      expect(isModelkeepError(outcome), `${where}: ${String(outcome as Error)}`).toBe(true);
    }
    await expectWhole(library, where);
  }
  expect(failures).toBeGreaterThan(0);
}, 3_600_000);

/** @param shift - where between two points the first one is */
function spread(shift: number): number[] {
  const points = Math.min(POINTS, changes);
  return Array.from({ length: points }, (_, point) => 1 + Math.floor(((point + shift) * changes) / points));
}

async function updateOn(
  drive: ReturnType<typeof createFaultyFileSystem>,
  { root, present }: Outdated,
): Promise<undefined> {
  const io = createIo({ workers: 'in-thread', ...drive });
  await using library = await openWorkspaceOn(io, { root, hub: { endpoint: hub.hubUrl } });
  await library.update(present, { keepOld: false, relink: true }).result;
  return undefined;
}
