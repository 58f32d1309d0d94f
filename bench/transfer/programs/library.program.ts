/** Downloads a repo into a new library: planned, verified, stored, indexed. */
import { join } from 'node:path';
import { openLibrary } from 'modelkeep';
import { tellFigures } from './told-figures.ts';

/** Input of the program. */
export interface LibraryInput {
  readonly hubUrl: string;
  readonly repo: string;
  readonly folder: string;
}

const { hubUrl, repo, folder } = JSON.parse(process.argv[2] ?? '') as LibraryInput;
await tellFigures(async () => {
  const library = await openLibrary({
    root: join(folder, 'library'),
    hub: { endpoint: hubUrl },
    privateOrigins: 'all',
    environment: {},
  });
  await library.download(await library.planDownload(`hf:${repo}`)).result;
  await library.close();
});
