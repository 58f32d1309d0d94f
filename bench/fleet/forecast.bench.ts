/**
 * The forecast of what will be needed where, day by day, against "the same as a week ago" and "the same as yesterday", by how
 * much of what it told was needed (precision), how much of what was needed it told (recall), and both together (F1).
 * MODELKEEP_BENCH_TRACE names a recorded trace, a use a line: {"serverId": "…", "sha256": "…", "atMs": …}. Without one the
 * trace is made up: users with a weekly rhythm, projects that last two weeks, and chance.
 */
import { readFile } from 'node:fs/promises';
import { forecastNeeds, type ModelUse } from '../../packages/fleet/src/index.ts';
import { createSeededRandom } from '../../packages/testing/src/index.ts';

const DAY_MS = 86_400_000;
const WARM_UP_DAYS = 28;

function madeTrace(days: number): ModelUse[] {
  const random = createSeededRandom(8);
  const uses: ModelUse[] = [];
  const use = (day: number, server: number, model: number): void => {
    uses.push({ serverId: `s${server}`, sha256: `${model}`, atMs: day * DAY_MS + random.below(DAY_MS) });
  };
  for (let server = 0; server < 20; server += 1) {
    // Models of fixed days of the week, of which one in five is left out.
    const rhythms = Array.from({ length: 15 }, () => ({ model: random.below(400), weekday: random.below(7) }));
    for (let day = 0; day < days; day += 1) {
      for (const { model, weekday } of rhythms) if (day % 7 === weekday && random.below(5) > 0) use(day, server, model);
      for (let one = random.below(4); one > 0; one -= 1) use(day, server, random.below(400));
    }
    for (let start = 0; start < days; start += 5 + random.below(10)) {
      const model = random.below(400);
      for (let day = start; day < Math.min(days, start + 14); day += 1)
        if (random.below(10) < 6) use(day, server, model);
    }
  }
  return uses;
}

async function readTrace(path: string): Promise<ModelUse[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ModelUse);
}

const path = process.env['MODELKEEP_BENCH_TRACE'];
const trace = path === undefined ? madeTrace(120) : await readTrace(path);
const keyOf = ({ serverId, sha256 }: Pick<ModelUse, 'serverId' | 'sha256'>): string => `${serverId} ${sha256}`;
const usedIn = (fromMs: number): Set<string> =>
  new Set(trace.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + DAY_MS).map(keyOf));
const first = Math.ceil(Math.min(...trace.map(({ atMs }) => atMs)) / DAY_MS) + WARM_UP_DAYS;
const last = Math.floor(Math.max(...trace.map(({ atMs }) => atMs)) / DAY_MS);

const contenders: Readonly<Record<string, (fromMs: number) => Set<string>>> = {
  'same as last week': (fromMs) => usedIn(fromMs - 7 * DAY_MS),
  'same as yesterday': (fromMs) => usedIn(fromMs - DAY_MS),
  forecastNeeds: (fromMs) => new Set(forecastNeeds(trace, { fromMs }).map(keyOf)),
};
console.log(`-- fleet/forecast: ${trace.length} uses, ${last - first} days, ${path === undefined ? 'made up' : path}`);
for (const [name, tell] of Object.entries(contenders)) {
  let [told, needed, both] = [0, 0, 0];
  for (let day = first; day < last; day += 1) {
    const telling = tell(day * DAY_MS);
    const actual = usedIn(day * DAY_MS);
    told += telling.size;
    needed += actual.size;
    both += [...telling].filter((key) => actual.has(key)).length;
  }
  const [precision, recall] = [both / told, both / needed];
  const f1 = (2 * precision * recall) / (precision + recall);
  console.log(`${name.padEnd(20)} precision ${precision.toFixed(3)}  recall ${recall.toFixed(3)}  F1 ${f1.toFixed(3)}`);
}
