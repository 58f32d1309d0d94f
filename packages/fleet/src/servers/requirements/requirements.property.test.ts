import { settableClock } from '@modelkeep/core';
import { createSeededRandom } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openTestServers } from '../servers.test-helper.ts';
import { checkRequirements } from './check-requirements.ts';
import type { MissingModel } from './requirement.ts';
import { fillFleet, makeFleet, makeRequirements, missingByHand } from './requirements.test-helper.ts';

const CHECKS = Number(process.env.MODELKEEP_FLEET_CHECKS ?? 25);
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
    const judged = answer.servers.map(({ ready, bytesToFetch, fetchMs }) => [ready, bytesToFetch, fetchMs]);
    expect(judged, models.join(' ')).toEqual(answer.servers.map(({ missing }) => judgedByHand(missing)));
  }
});

function judgedByHand(missing: readonly MissingModel[]): [boolean, number | null, number | null] {
  const sizes = new Map(missing.map(({ sha256, sizeBytes }) => [sha256, sizeBytes]));
  if (sizes.has(null)) return [false, null, null];
  const bytes = [...sizes.values()].reduce<number>((sum, size) => sum + (size ?? 0), 0);
  return [missing.length === 0, bytes, Math.ceil(bytes / 1_000)];
}
