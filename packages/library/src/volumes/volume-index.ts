import type { ModelRecord } from '@modelkeep/core';
import type { LibraryIndex, ModelRecords } from '@modelkeep/library-index';

/** @internal The record of a model on a further volume: it says so. */
export function onVolume(record: ModelRecord, volumeId: string): ModelRecord {
  return record.place.kind === 'library' ? { ...record, place: { kind: 'library', volumeId } } : record;
}

/** @internal A record as the index of the library has it. */
export function marked({ volumeMark }: { readonly volumeMark?: string | undefined }, record: ModelRecord): ModelRecord {
  return volumeMark === undefined ? record : onVolume(record, volumeMark);
}

/** @internal The index as the parts of a further volume write it: what they add is on that volume. */
export function volumeIndex(index: LibraryIndex, volumeId: string): LibraryIndex {
  async function* withMarks(records: ModelRecords): AsyncGenerator<ModelRecord> {
    for await (const record of records) yield onVolume(record, volumeId);
  }
  const upsert: LibraryIndex['upsert'] = (records, options) => index.upsert(withMarks(records), options);
  return new Proxy(index, {
    get: (_index, name) => (name === 'upsert' ? upsert : (Reflect.get(index, name) as unknown)),
  });
}
