import { expect, it } from 'vitest';
import { madeItem, madeSha256, syncAll } from '../../contract/servers/made-items.ts';
import { openTestServers } from '../servers.test-helper.ts';
import { checkRequirements } from './check-requirements.ts';
import { statedCapacity } from './stated-capacity.ts';

it('what the capacity does not say is read from labels, for warnings', async () => {
  const { servers } = await openTestServers();
  await servers.register({ id: 'labels', labels: { memory: '1MB', families: 'sdxl, wan', version: '0.3.1' } });
  await servers.register({
    id: 'capacity',
    labels: { memory: '1', families: 'sdxl', version: '0.1' },
    capacity: { memoryBytes: 24e9, families: ['flux1'], version: '1.0.0' },
  });
  await servers.register({ id: 'nothing', labels: { memory: 'plenty', families: ' , ', zone: 'eu' } });
  for (const id of ['labels', 'capacity', 'nothing']) await syncAll(servers, id, [madeItem(1)]);
  const model = madeSha256(1);
  const answer = await checkRequirements(servers, { models: [{ model, versions: '>=0.4' }] });
  expect(Object.fromEntries(answer.servers.map(({ server, warnings }) => [server.id, warnings]))).toEqual({
    labels: [
      { kind: 'family', model, detail: 'it runs sdxl, wan, and this is flux1' },
      { kind: 'version', model, detail: 'it has 0.3.1, and >=0.4 is needed' },
      { kind: 'memory', model, detail: 'it has 1000000 bytes of memory, and 1000001 are needed' },
    ],
    capacity: [],
    nothing: [],
  });
});

it.each([
  ['24000000000', 24e9],
  ['24GB', 24e9],
  ['24 G', 24e9],
  ['1.5 gb', 1.5e9],
  ['24GiB', 24 * 1024 ** 3],
  ['24Gi', 24 * 1024 ** 3],
  ['512 MiB', 512 * 1024 ** 2],
  ['16 KB', 16_000],
  ['2TiB', 2 * 1024 ** 4],
  ['7B', 7],
  ['-1', null],
  ['24 GBit', null],
  ['24Xi', null],
  ['24 i', null],
  ['', null],
])('the label memory: %j', (memory, bytes) => {
  const capacity = {
    slots: null,
    memoryBytes: null,
    freeBytes: null,
    bytesPerSecond: null,
    families: null,
    version: null,
  };
  expect(statedCapacity({ capacity, labels: { memory } }).memoryBytes).toBe(bytes);
});
