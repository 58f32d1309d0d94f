/** What importing the facade costs a process that does nothing with it yet, against a bare Node. */
import { alternate, type Run } from '../alternate.ts';
import { printRow } from '../report.ts';
import { buildPrograms } from '../transfer/build-programs.ts';
import { nodeCommand, runCommand } from '../transfer/run-program.ts';
import { rounds } from '../transfer/settings.ts';

await buildPrograms();
let bare: Run = {};
const runs = await alternate(
  [
    { name: 'bare Node', run: async () => (bare = await runCommand(nodeCommand('bare', {}))) },
    {
      name: 'import of modelkeep',
      async run() {
        const run = await runCommand(nodeCommand('facade', {}));
        const above = (name: string): number => (run[name] ?? Number.NaN) - (bare[name] ?? Number.NaN);
        return { ...run, aboveBareMs: above('seconds') * 1_000, aboveBareMiB: above('peakMiB') };
      },
    },
  ],
  rounds,
);
printRow({ row: 'facade', facts: {}, runs });
