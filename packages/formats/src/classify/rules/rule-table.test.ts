import { createSeededRandom } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { classifyTensors, type Classification } from '../classify-tensors.ts';
import { ruleFixtures } from '../fixtures/all-fixtures.ts';
import { fixtureTensors } from '../fixtures/rule-fixture.ts';
import type { Rule } from '../rule.ts';
import type { TensorFact } from '../view/tensor-view.ts';
import { ruleTable } from './rule-table.ts';

const rules: readonly Rule[] = [
  ...[...ruleTable.besideModels, ...ruleTable.wholeModels, ...ruleTable.afterAdapters].flatMap((group) => group.rules),
  ...ruleTable.adapters,
  ...ruleTable.lateAdapters,
];
const fixtures = Object.entries(ruleFixtures).map(([id, fixture]) => [id, fixtureTensors(fixture)] as const);
const answers = new Map(fixtures.map(([id, tensors]) => [id, classifyTensors(tensors)]));
const answerOf = (id: string): Classification => answers.get(id) ?? classifyTensors(new Map());
/** Told by the table of layers, or what is left. */
const withoutRule = ['lora-layers', 'unknown', 'part-of-a-model'];
/** Below it an answer says itself that it is not sure. */
const CONFIDENT = 0.75;

/** Neither the type nor the family became another one, by an answer that is sure. */
function contradicts(before: Classification, after: Classification): boolean {
  if (after.confidence < CONFIDENT || after.facts.type === 'unknown') return false;
  const family =
    after.facts.family !== null && before.facts.family !== null && after.facts.family !== before.facts.family;
  const bundled = before.facts.type === 'diffusion-model' && after.facts.type === 'checkpoint';
  return family || (after.facts.type !== before.facts.type && !bundled);
}

describe('the table of rules', () => {
  it('names each rule once, and each has a fixture', () => {
    const ids = rules.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect(ids.filter((id) => !(id in ruleFixtures))).toEqual([]);
    expect(Object.keys(ruleFixtures).filter((id) => !ids.includes(id) && !withoutRule.includes(id))).toEqual([]);
  });

  it.each(fixtures)('%s is told from its fixture, by no other rule', (id) => {
    const found = answerOf(id);
    expect(found.rule, found.evidence.join('\n')).toBe(id);
    expect(found.facts.type).not.toBe('unknown');
    expect(found.evidence.length).toBeGreaterThan(0);
  });
});

describe('for each fixture', () => {
  const random = createSeededRandom(34);

  it('the order of the tensors changes nothing', () => {
    for (const [id, tensors] of fixtures) {
      const shuffled = [...tensors].map((entry) => [random.below(1_000_000), entry] as const);
      const order = new Map(shuffled.sort(([a], [b]) => a - b).map(([, entry]) => entry));
      const found = classifyTensors(order);
      expect({ ...found }, id).toEqual({ ...answerOf(id) });
    }
  });

  it('tensors that belong to nothing change no answer that is sure', () => {
    const junk = [
      'optimizer.step',
      'global_step',
      'model_ema.decay',
      'model_ema.num_updates',
      'betas',
      'zz.0.w',
      '__x',
    ];
    for (const [id, tensors] of fixtures) {
      const more = new Map<string, TensorFact>([
        ...tensors,
        ...junk.map((name) => [name, { dtype: 'F32', shape: [1] }] as const),
      ]);
      expect(contradicts(answerOf(id), classifyTensors(more)), id).toBe(false);
    }
  });

  it('no missing tensor makes another model of it that is sure', () => {
    const wrong: string[] = [];
    for (const [id, tensors] of fixtures) {
      const whole = answerOf(id);
      for (const name of tensors.keys()) {
        const rest = new Map(tensors);
        rest.delete(name);
        const found = classifyTensors(rest);
        if (contradicts(whole, found)) wrong.push(`${id} without ${name}: ${found.rule}`);
      }
    }
    // What is left is what one for SDXL has.
    expect(wrong).toEqual(['embedding-sd3 without t5xxl: embedding-sdxl']);
  });

  it.each(['module.', 'state_dict.', 'model.', 'net.', 'state_dict.model.', '_orig_mod.'])(
    'what stands below %s is the same or unknown',
    (prefix) => {
      let same = 0;
      for (const [id, tensors] of fixtures) {
        const before = answerOf(id);
        const after = classifyTensors(new Map(Array.from(tensors, ([name, fact]) => [prefix + name, fact])));
        expect(contradicts(before, after), `${id}: ${after.rule}`).toBe(false);
        if (after.rule === before.rule) same += 1;
      }
      expect(same).toBeGreaterThan(fixtures.length * 0.75);
    },
  );

  it('tensors without elements and of no shape are no reason to fail', () => {
    for (const [, tensors] of fixtures) {
      for (const shape of [[], [0], [0, 0, 0]]) {
        const empty = new Map(Array.from(tensors.keys(), (name) => [name, { dtype: 'F32', shape }]));
        expect(classifyTensors(empty).confidence).toBeLessThanOrEqual(1);
      }
    }
  });

  it('two models in one file are one of them, or unknown', () => {
    for (let round = 0; round < 300; round += 1) {
      const [first, second] = [fixtures[random.below(fixtures.length)], fixtures[random.below(fixtures.length)]];
      if (first === undefined || second === undefined) continue;
      const both = classifyTensors(new Map([...first[1], ...second[1]]));
      expect(both.confidence).toBeLessThanOrEqual(1);
    }
  });
});
