/** Imports one file into a new library. */
import { openLibrary } from 'modelkeep';
import { tellFigures } from '../../transfer/programs/told-figures.ts';

/** Input of the program. */
export interface ImportInput {
  readonly source: string;
  readonly root: string;
  readonly sha256: string;
}

const { source, root, sha256 } = JSON.parse(process.argv[2] ?? '') as ImportInput;
await tellFigures(async () => {
  const library = await openLibrary({ root, environment: {} });
  const { models } = await library.import(source).result;
  await library.close();
  if (models[0]?.files[0]?.sha256 !== sha256) throw new Error('the model has another SHA-256');
});
