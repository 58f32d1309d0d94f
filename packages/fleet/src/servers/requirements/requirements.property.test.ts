import { createSeededRandom, settableClock } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openTestServers } from '../servers.test-helper.ts';
import { checkRequirements } from './check-requirements.ts';
import { fillFleet, makeFleet, makeRequirements, missingByHand } from './requirements.test-helper.ts';

const CHECKS = Number(process.env.MODELKEEP_FLEET_CHECKS ?? 60);
const SERVERS = Number(process.env.MODELKEEP_FLEET_SERVERS ?? 1_000);

it(`${SERVERS} servers are told as a look through everything tells`, async () => {
  const random = createSeededRandom(20_260_504);
  const { servers } = await openTestServers(settableClock(Date.now()));
  const size = { servers: SERVERS, models: 120, each: 12 };
  const fleet = makeFleet(random, size);
  await fillFleet(servers, fleet);
  for (let check = 0; check < CHECKS; check += 1) {
    const models = makeRequirements(random, size.models);
    const answer = await checkRequirements(servers, { models });
    const told = answer.servers.map(({ server, missing }) => [server.id, missing.map(({ model }) => model)]);
    expect(Object.fromEntries(told), models.join(' ')).toEqual(missingByHand(fleet, models));
    for (const { ready, missing, bytesToFetch, fetchMs } of answer.servers) {
      expect(ready).toBe(missing.length === 0);
      const sizes = new Map(missing.map(({ sha256, sizeBytes }) => [sha256, sizeBytes]));
      const bytes = sizes.has(null) ? null : [...sizes.values()].reduce<number>((sum, size) => sum + (size ?? 0), 0);
      expect([bytesToFetch, fetchMs]).toEqual([bytes, bytes === null ? null : Math.ceil(bytes / 1_000)]);
    }
  }
});
