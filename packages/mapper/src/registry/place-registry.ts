import type { RegistryDatabase } from './database.ts';

/** @internal Where the library was when its links were last led to it. */
export interface PlaceRegistry {
  /** null where nothing was ever noted. */
  get(signal?: AbortSignal): Promise<string | null>;
  set(places: string): Promise<void>;
}

/** @internal */
export function createPlaceRegistry(database: RegistryDatabase, machine: string): PlaceRegistry {
  return {
    async get(signal) {
      const [row] = await database.all<{ readonly places: string }>(
        'select places from mapper_places where machine = ?',
        [machine],
        { signal },
      );
      return row?.places ?? null;
    },
    async set(places) {
      await database.transaction([
        { sql: 'insert or replace into mapper_places (machine, places) values (?, ?)', params: [machine, places] },
      ]);
    },
  };
}
