import { openWorkspace } from '../workspace/open-workspace.ts';

/** Syncs a repo and downloads its weights, until it is killed. */
const [root = '', endpoint = '', reference = ''] = process.argv.slice(2);
const library = await openWorkspace({ root, hub: { endpoint } });
const { id } = await library.repos.register(reference);
const { artifacts } = await library.repos.sync(id).result;
const weights = artifacts.filter(({ path }) => path.endsWith('.safetensors'));
const download = library.repos.download(weights.map((one) => one.id));
download.progress.subscribe(({ bytesDone }) => {
  if (bytesDone > 0) process.stdout.write('moving\n');
});
await download.result;
