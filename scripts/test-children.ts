import { join } from 'node:path';

const { env } = process;

// Vitest turns the compile cache off where coverage is counted, and in all that is started from there. Processes that tests start
// are not counted, and stripping the types of all their sources takes each a second.
delete env['NODE_DISABLE_COMPILE_CACHE'];
env['NODE_COMPILE_CACHE'] = join(env['MODELKEEP_TEST_SCRATCH'] ?? '', 'compiled');
