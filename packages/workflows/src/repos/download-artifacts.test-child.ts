import { openWorkspace } from '../workspace/open-workspace.ts';

/** Syncs a repo and downloads its weights, or the files that are named, until it is killed. */
const [root = '', endpoint = '', reference = '', ...paths] = process.argv.slice(2);
const library = await openWorkspace({ root, hub: { endpoint } });
const { id } = await library.repos.register(reference);
const all = paths.length === 0 ? (await library.repos.sync(id).result).artifacts : await library.repos.artifacts();
const weights = all.filter(({ path }) => (paths.length === 0 ? path.endsWith('.safetensors') : paths.includes(path)));
const download = library.repos.download(weights.map((one) => one.id));
download.progress.subscribe(({ bytesDone }) => {
  if (bytesDone > 0) process.stdout.write('moving\n');
});
await download.result;
