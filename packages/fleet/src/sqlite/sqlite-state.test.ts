import { stat } from 'node:fs/promises';
import { sharedStateContract } from '../contract/shared-state/shared-state-contract.ts';
import { describe, it } from 'vitest';
import { stateScene } from '../state.test-helper.ts';

describe('shared state on SQLite', () => {
  it.each(sharedStateContract)('$title', async ({ run }) => {
    await using scene = await stateScene();
    await run({
      sharesLibraries: false,
      open: ({ clock } = {}) => scene.open({ clock }),
      hasBackup: async (backup) => (await stat(backup)).size > 0,
    });
  });
});
