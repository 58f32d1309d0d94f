import { newId } from '@modelkeep/core';
import { startPostgres, type TestPostgres } from '@modelkeep/testing';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { openPostgresState, type OpenedPostgres, type OpenPostgresStateOptions } from './state/open-postgres-state.ts';

/** @internal A server for the tests of a file. */
export function usePostgres(): () => TestPostgres {
  let postgres: TestPostgres | undefined;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.close());
  return () => {
    if (postgres === undefined) throw new Error('the server is not started yet');
    return postgres;
  };
}

/** @internal Opens a state, which is closed after the test. */
export async function openState(
  connectionString: string,
  options: Partial<OpenPostgresStateOptions> = {},
): Promise<OpenedPostgres> {
  const opened = await openPostgresState({ connectionString, libraryId: newId(), ...options });
  onTestFinished(() => opened.state.close());
  return opened;
}
