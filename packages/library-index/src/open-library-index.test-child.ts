import { openLibraryIndex } from './open-library-index.ts';
import { makeRecord } from './records.test-records.ts';

/** Writes models of its own and one that all share, or rebuilds again and again until it is killed. */
const [work = '', path = '', number = '0'] = process.argv.slice(2);
const index = await openLibraryIndex({ path });
const own = Number(number) * 1_000;
if (work === 'open') {
  process.stdout.write(`${JSON.stringify({ setAside: index.setAside !== null, needsRebuild: index.needsRebuild })}\n`);
} else if (work === 'write') {
  for (let step = 1; step <= 40; step += 1) {
    await index.upsert([makeRecord(own + step), makeRecord(0, { officialName: 'shared', revision: step })]);
    if (step % 4 === 0) await index.remove([makeRecord(own + step).id]);
    const { hits } = await index.search('shared');
    if (hits.length > 1 || (hits[0]?.record.revision ?? step) < step) throw new Error('an older revision came back');
  }
} else {
  process.stdout.write('writing\n');
  for (let round = 0; ; round += 1) {
    await index.replaceAll(
      Array.from({ length: 300 }, (_, place) => makeRecord(place, { officialName: `round ${round}` })),
    );
  }
}
await index.close();
