import { createHash } from 'node:crypto';
import { ModelkeepError, type ModelFile, type ModelRecord, type ModelSource } from '@modelkeep/core';
import { pictureKind } from '@modelkeep/formats';
import { writeFileAtomic } from '@modelkeep/io';
import type { StoreContext } from '../store-context.ts';
import { beginTransaction } from '../transaction/transaction.ts';
import { inFileOrder } from './file-order.ts';
import { previewOf, previewStem } from './preview-of.ts';

/** A picture for a model that has none. */
export interface PreviewPicture {
  /** A JPEG, PNG, WebP or GIF, which its first bytes tell. */
  readonly bytes: Uint8Array;
  readonly source: ModelSource;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Gives a model of the library a picture, `<stem>.preview.<extension>` beside its weights: a file of it like any
 * other, which goes with it wherever it goes. A model that has a picture keeps it.
 *
 * @throws `core.invalid-argument` for what is no picture, and for a model outside the library
 */
export async function addPreview(
  context: StoreContext,
  model: ModelRecord,
  { bytes, source, signal }: PreviewPicture,
): Promise<ModelRecord> {
  const kind = pictureKind(bytes);
  if (kind === null) throw refused('bytes', 'no picture');
  if (model.place.kind !== 'library' || model.evictedAt !== undefined) throw refused('model', model.slug);
  if (model.preview !== undefined) return model;
  const name = `${previewStem(model)}.preview.${kind}`;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const transaction = await beginTransaction(
    context,
    [{ name, sizeBytes: bytes.length, sha256, gitSha1: null, source }],
    { signal },
  );
  try {
    const [wanted] = transaction.files;
    if (wanted !== undefined && wanted.content === null) {
      await writeFileAtomic(context.fileSystem, { path: wanted.part, data: bytes, signal });
      await transaction.publish(name, { sizeBytes: bytes.length, sha256, blake3: null, gitSha1: null });
    }
    const file: ModelFile = {
      name,
      officialName: name,
      role: 'preview',
      sizeBytes: bytes.length,
      sha256,
      blake3: null,
      gitSha1: null,
      source,
    };
    const record = await transaction.changeModel(model, (present) =>
      previewOf(present) !== undefined || present.evictedAt !== undefined || isTaken(present.files, name)
        ? present
        : { ...present, files: inFileOrder([...present.files, file]) },
    );
    await transaction.discard();
    return record;
  } catch (error) {
    await transaction.abandon(context.logger);
    throw error;
  }
}

/** On some drives two names that differ in their case are one. */
function isTaken(files: readonly ModelFile[], name: string): boolean {
  return files.some((file) => file.name.toLowerCase() === name.toLowerCase());
}

function refused(argument: string, found: string): ModelkeepError<'core.invalid-argument'> {
  return new ModelkeepError('core.invalid-argument', {
    message: `${argument}: ${found} cannot be the preview of a model of the library`,
    facts: { argument, found },
  });
}
