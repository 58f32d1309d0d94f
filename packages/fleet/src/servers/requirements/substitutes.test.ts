import { madeItem, madeSha256, syncAll } from '../../contract/servers/made-items.ts';
import { expect, it } from 'vitest';
import { openTestServers } from '../servers.test-helper.ts';
import { findSubstitutes } from './substitutes.ts';

it('suggests what is most alike of the same type and family, with reasons', async () => {
  const { servers } = await openTestServers();
  await servers.register({ id: 'a' });
  await servers.register({ id: 'b' });
  const wanted = madeItem(0, { name: 'Thick Line v2', baseModel: 'Flux.1 D', precision: 'fp16' });
  await syncAll(servers, 'b', [wanted]);
  await syncAll(servers, 'b', []);
  await syncAll(servers, 'a', [
    madeItem(1, { name: 'Thick Line v1', baseModel: 'Flux.1 D', precision: 'fp16' }),
    madeItem(2, { name: 'Watercolour', baseModel: 'Flux.1 D' }),
    madeItem(3, { name: 'Thick Line v2', family: 'sdxl' }),
    madeItem(4, { name: 'Thick Line v2', type: 'checkpoint' }),
    madeItem(5, { name: 'Other', precision: 'bf16' }),
    madeItem(6, { name: 'Broken Line v2', corrupt: true }),
  ]);
  const found = await findSubstitutes(servers, madeSha256(0));
  expect(found.map(({ content }) => content.name)).toEqual(['Thick Line v1', 'Watercolour', 'Other']);
  expect(found[0]?.because).toEqual([
    'the same type and family: lora, flux1',
    'the same base model: Flux.1 D',
    'its name has thick, line as well',
    'the same precision: fp16',
    'a server has it',
  ]);
  expect(
    (await findSubstitutes(servers, madeSha256(0), { absent: true })).map(({ content }) => content.name),
  ).toContain('Broken Line v2');
  expect(await findSubstitutes(servers, madeSha256(0), { limit: 1 })).toHaveLength(1);
  expect(await findSubstitutes(servers, madeSha256(99))).toEqual([]);
  await syncAll(servers, 'b', [madeItem(7, { family: null })]);
  expect(await findSubstitutes(servers, madeSha256(7))).toEqual([]);
  await expect(findSubstitutes(servers, 'x')).rejects.toMatchObject({ code: 'core.invalid-argument' });
});
