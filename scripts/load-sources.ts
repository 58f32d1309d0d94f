import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/* A process that loads every package from its sources, and ends. */
const packages = join(import.meta.dirname, '../packages');
for (const name of readdirSync(packages)) await import(join(packages, name, 'src/index.ts'));
