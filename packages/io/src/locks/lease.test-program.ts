import { readFile, rename, writeFile } from 'node:fs/promises';
import { nodeFileSystem } from '../node/node-file-system.ts';
import { acquireLease } from './acquire-lease.ts';

/** Holds a lease until it is killed or loses it, or adds to the numbers of a JSON file again and again, under the lease. */
const [work = '', path = '', file = '', times = '0'] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (work === 'hold') {
  const lease = await acquireLease({ fileSystem: nodeFileSystem, path, heartbeatMs: 100, expiryMs: 1_500 });
  lease.lost.addEventListener('abort', () => {
    say(`lost ${(lease.lost.reason as { code: string }).code}`);
    lease.check().then(
      () => say('held after all'),
      async (error: { code: string }) => {
        say(`check ${error.code}`);
        await lease.release();
        say('released');
      },
    );
  });
  say(`held ${lease.fence}`);
  setInterval(() => {}, 1_000);
} else {
  for (let time = 0; time < Number(times); time += 1) {
    const lease = await acquireLease({ fileSystem: nodeFileSystem, path });
    try {
      const { updates } = JSON.parse(await readFile(file, 'utf8')) as { updates: string[] };
      const temporary = `${file}.${process.pid}`;
      await writeFile(temporary, JSON.stringify({ updates: [...updates, `${process.pid}.${time}`] }));
      await lease.check();
      await rename(temporary, file);
    } finally {
      await lease.release();
    }
  }
}
