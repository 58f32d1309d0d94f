import { openWorkspace } from '../workspace/open-workspace.ts';

/** Takes over what another tool has left: `<root> <kind> <path>`; tells what it has written. */
const [root = '', kind = '', path = ''] = process.argv.slice(2);
await using workspace = await openWorkspace({ root, hub: { offline: true } });
process.stdout.write('open\n');
if (kind === 'registry') await workspace.migrateRegistry(path).result;
else if (kind === 'servers') await workspace.migrateAvailability(path).result;
else await workspace.migrateState(kind as 'manifest' | 'progress' | 'tokens', path);
