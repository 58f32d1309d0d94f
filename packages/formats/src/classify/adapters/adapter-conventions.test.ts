import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fluxShapes } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import type { Size } from '../architectures/architecture.ts';
import { architectures } from '../architectures/architecture-table.ts';
import { classifyTensors } from '../classify-tensors.ts';
import { writers } from './adapter-writers.test-helper.ts';

/** Below it an answer says itself that it is not sure. */
const CONFIDENT = 0.75;

type Layer = readonly [name: string, size: Size];
interface Model {
  readonly name: string;
  readonly family: string;
  readonly layers: readonly Layer[];
}

/** A layer of the first and of the last block of its stack: the names of those between say no more. */
function layersOf(architecture: (typeof architectures)[number]): readonly Layer[] {
  return [...architecture.modules].flatMap(([pattern, sizes]): readonly Layer[] => {
    const depth = architecture.blocks[pattern.slice(0, Math.max(0, pattern.indexOf('_#')))];
    const blocks = depth === undefined ? [0] : [...new Set([0, depth - 1])];
    return blocks.flatMap((block) =>
      sizes.map((size, at): Layer => [pattern.replace('#', String(block)).replaceAll('#', String(at)), size]),
    );
  });
}

const tables = architectures.map((architecture): Model => {
  const { family, variant = null, names } = architecture;
  return { name: `${family} ${variant ?? ''} ${names}`, family, layers: layersOf(architecture) };
});

function modelOf(name: string, family: string, shapes: Readonly<Record<string, readonly number[]>>): Model {
  const layers = Object.entries(shapes).flatMap(([tensor, [outputs = 0, inputs = 0, ...more]]): readonly Layer[] => {
    const isLinear = tensor.endsWith('.weight') && outputs > 1 && inputs > 1 && more.length === 0;
    return isLinear ? [[tensor.slice(0, -'.weight'.length), [outputs, inputs]]] : [];
  });
  return { name, family, layers };
}

const shared = fileURLToPath(new URL('../../../../../../shared/fixtures/', import.meta.url));
const outside = (
  [
    ['keylists/z_image_transformer_comfyui_keys.json', 'z-image'],
    ['headers/sdxl-unet-diffusers.json', 'sdxl'],
  ] as const
).flatMap(([file, family]): readonly Model[] => {
  if (!existsSync(shared + file)) return [];
  const list = JSON.parse(readFileSync(shared + file, 'utf8')) as Record<string, number[] | { shape: number[] }>;
  const shapes = Object.entries(list).map(([name, entry]) => [name, Array.isArray(entry) ? entry : entry.shape]);
  return [modelOf(file, family, Object.fromEntries(shapes) as Record<string, number[]>)];
});
/** Whole lists of tensors, as models have them. */
const lists = [modelOf('flux', 'flux1', fluxShapes()), ...outside];

const inBlock = /[._]\d+[._]/;
const firstNumber = (name: string): number => Number(/[._](\d+)[._]/.exec(name)?.[1] ?? -1);
/** The layers that trainers are told to take. */
const selections: Readonly<Record<string, (name: string) => boolean>> = {
  'all linear layers': () => true,
  'all blocks': (name) => inBlock.test(name),
  attention: (name) => inBlock.test(name) && /attn|attention/.test(name),
  'queries and values': (name) => /(?:to_q|to_v|[._]q|[._]v|q_proj|v_proj|qkv)$/.test(name),
  'the first blocks': (name) => inBlock.test(name) && firstNumber(name) < 4,
};

interface Answer {
  readonly what: string;
  readonly family: string;
  readonly found: string;
  readonly isSure: boolean;
}

function answersFor({ name, family, layers }: Model): readonly Answer[] {
  return Object.entries(selections).flatMap(([selection, isTaken]) => {
    const taken = layers.filter(([layer]) => isTaken(layer));
    if (taken.length === 0) return [];
    return Object.entries(writers).map(([writer, write]): Answer => {
      const written = taken.flatMap(([layer, size]) => write(layer, size));
      const tensors = new Map(written.map(([tensor, shape]) => [tensor, { dtype: 'BF16', shape }]));
      const { facts, confidence, evidence } = classifyTensors(tensors);
      const found = facts.type === 'lora' ? (facts.family ?? 'a LoRA of unknown family') : facts.type;
      const what = `${name}, ${selection}, ${writer}: ${found} ${confidence}: ${evidence.join('; ')}`;
      return { what, family, found, isSure: confidence >= CONFIDENT };
    });
  });
}

/** How often each family was told as what, then the shares. */
function confusionOf(answers: readonly Answer[]): string {
  const counts = new Map<string, number>();
  for (const { family, found, isSure } of answers) {
    if (found === family) continue;
    const pair = `${family} → ${found}${isSure ? '' : ', not sure'}`;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  const share = (which: (answer: Answer) => boolean): string => {
    const count = answers.filter(which).length;
    return `${count} (${((count / answers.length) * 100).toFixed(1)} %)`;
  };
  return [
    ...Array.from(counts, ([pair, count]) => `${pair}: ${count}`).sort(),
    `${answers.length} adapters: right and sure ${share(({ family, found, isSure }) => isSure && found === family)}`,
    `right and not sure ${share(({ family, found, isSure }) => !isSure && found === family)}`,
    `another or no family, not sure ${share(({ family, found, isSure }) => !isSure && found !== family)}`,
  ].join('\n');
}

it.each([
  ['the tables of layers', tables, 0.8],
  ['whole lists of tensors', lists, 0.98],
])('adapters of %s, in all ways to write them and of usual layers, are told', (name, models, rightShare) => {
  const answers = models.flatMap(answersFor);
  const text = confusionOf(answers);
  process.stdout.write(`${name}\n${text}\n`);
  expect(answers.filter(({ family, found, isSure }) => isSure && found !== family).map(({ what }) => what)).toEqual([]);
  const right = answers.filter(({ family, found }) => found === family);
  expect(right.length / answers.length, text).toBeGreaterThanOrEqual(rightShare);
});
