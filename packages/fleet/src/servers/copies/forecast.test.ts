import { madeSha256 } from '../../contract/servers/made-items.ts';
import { expect, it } from 'vitest';
import { forecastNeeds, type ModelUse } from './forecast.ts';

const DAY_MS = 86_400_000;
const FROM_MS = Date.parse('2026-05-04T00:00:00.000Z');
const use = (daysBefore: number, number: number, serverId = 'a'): ModelUse => ({
  serverId,
  sha256: madeSha256(number),
  atMs: FROM_MS - daysBefore * DAY_MS + 3_600_000,
});

it('tells what was used of late, and what is used on this day of the week, and says why', () => {
  const everyDay = [1, 2, 3, 4].map((days) => use(days, 1));
  const everyWeek = [7, 14, 21, 28].map((days) => use(days, 2));
  const history = [
    ...everyDay,
    ...everyWeek,
    use(2, 3),
    use(7, 4, 'b'),
    ...[1, 2, 3, 4, 7, 14, 21, 28].map((days) => use(days, 5)),
  ];
  const told = forecastNeeds(history, { fromMs: FROM_MS });
  expect(told.map(({ sha256, likelihood }) => [sha256, likelihood])).toEqual([
    [madeSha256(5), 1],
    ...[madeSha256(1), madeSha256(2)].toSorted().map((sha256) => [sha256, 0.5]),
  ]);
  expect(told[0]?.because).toBe('used in 4 of 4 times before, and in 4 of 4 weeks at this time');
  expect(forecastNeeds(history.toReversed(), { fromMs: FROM_MS })).toEqual(told);
  expect(forecastNeeds(history, { fromMs: FROM_MS, least: 0.2 })).toHaveLength(4);
});

it('knows nothing of the time that it is asked for, nor of what came after', () => {
  const history = [use(0, 1), use(-1, 1), use(-7, 1)];
  expect(forecastNeeds(history, { fromMs: FROM_MS, least: 0 })).toEqual([]);
  // A time as long as a fortnight reaches from the week before into what is to come.
  expect(forecastNeeds(history, { fromMs: FROM_MS, lengthMs: 14 * DAY_MS, least: 0 })).toEqual([]);
});

it('of many uses in one time as much is told as of one', () => {
  const once = forecastNeeds([use(1, 1)], { fromMs: FROM_MS, least: 0 });
  expect(
    forecastNeeds(
      Array.from({ length: 50 }, () => use(1, 1)),
      { fromMs: FROM_MS, least: 0 },
    ),
  ).toEqual(once);
});

it('times before the history began say nothing against a model', () => {
  const history = [use(9, 2), ...[7, 2, 1].map((days) => use(days, 1))];
  expect(forecastNeeds(history, { fromMs: FROM_MS })).toEqual([
    {
      serverId: 'a',
      sha256: madeSha256(1),
      likelihood: 0.819,
      because: 'used in 2 of 4 times before, and in 1 of 1 weeks at this time',
    },
  ]);
  expect(forecastNeeds([use(1, 1)], { fromMs: FROM_MS })[0]?.because).toBe(
    'used in 1 of 1 times before, and in 0 of 0 weeks at this time',
  );
});
