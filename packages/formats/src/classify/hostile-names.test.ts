import { createSeededRandom } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { classifyTensors } from './classify-tensors.ts';
import type { TensorFact } from './view/tensor-view.ts';

const fact: TensorFact = { dtype: 'F16', shape: [8, 8] };
const named = (names: readonly string[]): ReadonlyMap<string, TensorFact> => new Map(names.map((name) => [name, fact]));

describe('hostile names', () => {
  it('a hundred thousand names that all differ are given up soon', () => {
    const names = Array.from({ length: 100_000 }, (_, at) => `a${at}b.module.x${at}y.lora_down.weight`);
    const { facts, evidence } = classifyTensors(named(names));
    expect(facts.type).toBe('unknown');
    expect(evidence).toEqual(['more kinds of names than any known model has']);
  });

  it('a hundred thousand blocks are as many names as one', () => {
    const names = Array.from({ length: 100_000 }, (_, at) => `model.layers.${at}.self_attn.q_proj.weight`);
    expect(classifyTensors(named(names)).facts.type).toBe('llm');
  });

  it.each([
    ['dots', '.'.repeat(500)],
    ['numbers', '1.'.repeat(250)],
    ['underscores and numbers', '_1'.repeat(250)],
    ['the word lora', 'lora_'.repeat(100)],
    ['prefixes', 'model.'.repeat(80)],
    ['the names of objects', '__proto__'],
    ['the names of objects below a prefix', 'model.constructor.prototype'],
    ['control characters', '\u0000\u001B[2J\u202Emodel'],
    ['half a pair', '\uD800.weight'],
    ['huge numbers', `blocks.${'9'.repeat(300)}.attn.to_q.weight`],
  ])('%s are no reason to fail', (_, name) => {
    const found = classifyTensors(named([name, `${name}.weight`, `lora_unet_${name}.lora_down.weight`]));
    expect(found.confidence).toBeLessThan(0.75);
  });

  it('names made of the words of models are seldom a model that is sure', () => {
    const words =
      'model diffusion_model transformer blocks double_blocks 0 1 attn to_q qkv weight bias lora_A img_in'.split(' ');
    const random = createSeededRandom(6);
    let sure = 0;
    for (let round = 0; round < 500; round += 1) {
      const names = Array.from({ length: 8 }, () =>
        Array.from({ length: 1 + random.below(5) }, () => words[random.below(words.length)] ?? '').join('.'),
      );
      if (classifyTensors(named(names)).confidence >= 0.75) sure += 1;
    }
    expect(sure).toBe(0);
  });
});
