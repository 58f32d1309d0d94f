/**
 * The forecast of what will be needed where, day by day, against "the same as a week ago" and "the same as yesterday", by how
 * much of what it told was needed (precision), how much of what was needed it told (recall), and both together (F1).
 * MODELKEEP_BENCH_TRACE names a recorded trace: GenTD26's lora_request_trace.csv, or a use a line as JSON:
 * {"serverId": "…", "sha256": "…", "atMs": …}. Without one the trace is made up: users with a weekly rhythm, projects that last
 * two weeks, and chance.
 */
import { forecastNeeds, type ModelUse } from '../../packages/fleet/src/index.ts';
import { createSeededRandom } from '../../packages/testing/src/index.ts';
import { readTraces, type Trace } from './recorded-trace.ts';

const DAY_MS = 86_400_000;
/** Days that are only learned from: as many weeks as the forecast looks at, and at most a third of the trace. */
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

function compare({ name, uses }: Trace): void {
  const keyOf = ({ serverId, sha256 }: Pick<ModelUse, 'serverId' | 'sha256'>): string => `${serverId} ${sha256}`;
  const days = Map.groupBy(uses, ({ atMs }) => Math.floor(atMs / DAY_MS));
  const usedOn = (day: number): Set<string> => new Set((days.get(day) ?? []).map(keyOf));
  const [begin, last] = [Math.min(...days.keys()), Math.max(...days.keys())];
  const first = begin + Math.min(WARM_UP_DAYS, Math.ceil((last - begin) / 3)) + 1;
  const contenders: Readonly<Record<string, (day: number) => Set<string>>> = {
    'same as last week': (day) => usedOn(day - 7),
    'same as yesterday': (day) => usedOn(day - 1),
    forecastNeeds: (day) => new Set(forecastNeeds(uses, { fromMs: day * DAY_MS }).map(keyOf)),
  };
  console.log(`-- fleet/forecast: ${name}, ${uses.length} uses, ${last - first} days`);
  for (const [contender, tell] of Object.entries(contenders)) {
    let [told, needed, both] = [0, 0, 0];
    for (let day = first; day < last; day += 1) {
      const [telling, actual] = [tell(day), usedOn(day)];
      told += telling.size;
      needed += actual.size;
      both += [...telling].filter((key) => actual.has(key)).length;
    }
    const [precision, recall] = [both / told, both / needed];
    const f1 = (2 * precision * recall) / (precision + recall);
    const shown = [precision, recall, f1].map((figure) => figure.toFixed(3));
    console.log(`${contender.padEnd(20)} precision ${shown[0]}  recall ${shown[1]}  F1 ${shown[2]}`);
  }
}

const path = process.env['MODELKEEP_BENCH_TRACE'];
const traces = path === undefined ? [{ name: 'made up', uses: madeTrace(120) }] : await readTraces(path);
for (const trace of traces) compare(trace);
