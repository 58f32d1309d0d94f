import { createIo } from '@modelkeep/io';
import { createFaultyFileSystem } from '@modelkeep/testing';
import { openWorkspaceOn } from '../workspace/open-workspace.ts';

/** Updates a model, and is killed at one of its changes to the drive; else it says how many there were. */
const [root = '', endpoint = '', reference = '', atMutation = ''] = process.argv.slice(2);
const error = (): Error => {
  process.kill(process.pid, 'SIGKILL');
  return new Error('the process is gone');
};
const drive = createFaultyFileSystem({ atMutation: Number(atMutation), lasts: 'from-then-on', error });
const io = createIo({ workers: 'in-thread', ...drive });
await using library = await openWorkspaceOn(io, { root, hub: { endpoint } });
await library.update(reference, { keepOld: false, relink: true }).result;
process.stdout.write(String(drive.mutations));
