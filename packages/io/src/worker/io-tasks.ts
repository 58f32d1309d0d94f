import type { Tasks } from '@modelkeep/workers';
import { loadBlake3, type Blake3 } from '../hashing/blake3.ts';
import type { BulkFileSystem } from '../ports/bulk-file-system.ts';
import { copyFile, type CopyFileInput } from './copy-file.ts';
import { copyPrefix, type CopyPrefixInput } from './copy-prefix.ts';
import { gated, type GateInput } from './give-way.ts';
import { hashFile, type HashFileInput } from './hash-file.ts';
import { createHashTasks } from './hash-tasks.ts';
import { createOpenFileTasks } from './open-file-tasks.ts';
import { createRingTasks } from './ring-tasks.ts';
import type { WorkerTools } from './worker-tools.ts';
import { listFolders, walkTree, type ListFoldersInput, type WalkTreeInput } from '../walk/walk-tree.ts';
import { kindsOf, type KindsOfInput } from './kinds-of.ts';
import { linkTextsOf, type LinkTextsOfInput } from './link-texts-of.ts';
import { writeWhole, type WriteWholeInput } from './write-whole.ts';

/** @internal The tasks of one io worker over a file system; running hashes are their state. */
export function createIoTasks(bulk: BulkFileSystem): Tasks {
  const loaded = new Map<string | undefined, Blake3>();
  const tools: WorkerTools = {
    bulk,
    blake3: (resolutionBase) => {
      const known = loaded.get(resolutionBase) ?? loadBlake3(resolutionBase);
      loaded.set(resolutionBase, known);
      return known;
    },
  };
  return {
    hashFile: (input: HashFileInput, context) => hashFile(tools, input, gated(context, input)),
    copyFile: (input: CopyFileInput, context) => copyFile(tools, input, gated(context, input)),
    copyPrefix: (input: CopyPrefixInput & GateInput, context) => copyPrefix(tools, input, gated(context, input)),
    writeWhole: (input: WriteWholeInput) => writeWhole(tools, input),
    walkTree: (input: WalkTreeInput, context) => walkTree(tools, input, context),
    kindsOf: (input: KindsOfInput, context) => kindsOf(tools, input, context),
    linkTextsOf: (input: LinkTextsOfInput, context) => linkTextsOf(tools, input, context),
    listFolders: (input: ListFoldersInput, context) => listFolders(tools, input, context),
    ...createOpenFileTasks(tools),
    ...createHashTasks(tools),
    ...createRingTasks(tools),
  };
}
