import { describe, expect, it } from 'vitest';
import { classifyTensors } from '../classify-tensors.ts';
import type { TensorFact } from '../view/tensor-view.ts';
import { architectures } from './architecture-table.ts';
import type { Architecture, Size } from './architecture.ts';

type Tensors = ReadonlyMap<string, TensorFact>;
const tensor = (...shape: readonly number[]): TensorFact => ({ dtype: 'F16', shape });

/** A module of an architecture under a name that a model could have: numbers for `#`, the last block where there are blocks. */
function moduleOf({ blocks }: Architecture, pattern: string): string {
  const stack = pattern.slice(0, Math.max(0, pattern.indexOf('_#')));
  const last = (blocks[stack] ?? 1) - 1;
  return pattern.replace('#', String(last)).replaceAll('#', '0');
}

function kohyaLora(architecture: Architecture): Tensors {
  return new Map(
    [...architecture.modules].flatMap(([pattern, [size]]: [string, readonly Size[]]): [string, TensorFact][] => {
      const [outputs, inputs] = size ?? [0, 0];
      const name = `lora_unet_${moduleOf(architecture, pattern)}`;
      return [
        [`${name}.lora_down.weight`, tensor(8, inputs)],
        [`${name}.lora_up.weight`, tensor(outputs, 8)],
        [`${name}.alpha`, tensor()],
      ];
    }),
  );
}

function kohyaLokr(architecture: Architecture): Tensors {
  const half = (size: number): number => (size % 2 === 0 ? 2 : 1);
  return new Map(
    [...architecture.modules].flatMap(([pattern, [size]]: [string, readonly Size[]]): [string, TensorFact][] => {
      const [outputs, inputs] = size ?? [0, 0];
      const name = `lora_unet_${moduleOf(architecture, pattern)}`;
      return [
        [`${name}.lokr_w1`, tensor(half(outputs), half(inputs))],
        [`${name}.lokr_w2_a`, tensor(outputs / half(outputs), 4)],
        [`${name}.lokr_w2_b`, tensor(4, inputs / half(inputs))],
      ];
    }),
  );
}

const named = architectures.map(
  (architecture) =>
    [`${architecture.family} ${architecture.variant ?? ''} ${architecture.names}`, architecture] as const,
);

const ownOrKin = ({ family, kin }: Architecture): readonly unknown[] => [
  family,
  kin,
  architectures.find((each) => each.family === kin)?.kin,
];

describe('the layers of each architecture', () => {
  it.each(named)('%s: an adapter for all of them is told as its own or its kin’s', (_, architecture) => {
    const found = classifyTensors(kohyaLora(architecture));
    expect(found.facts.type).toBe('lora');
    expect(ownOrKin(architecture), found.evidence.join('\n')).toContain(found.facts.family);
    expect(found.layout).toBe('kohya');
    expect(found.confidence).toBeGreaterThanOrEqual(0.65);
  });

  it.each(named)('%s: so is a LoKr, by the products of its factors', (_, architecture) => {
    const found = classifyTensors(kohyaLokr(architecture));
    expect(ownOrKin(architecture), found.evidence.join('\n')).toContain(found.facts.family);
    expect(found.adapterKind).toBe('lokr');
  });

  it.each(named)('%s: one layer of another size is no answer that is sure', (_, architecture) => {
    const [first] = [...architecture.modules.keys()].filter((pattern) => pattern.includes('_#'));
    const name = `lora_unet_${moduleOf(architecture, first ?? '')}`;
    const odd = new Map([
      [`${name}.lora_down.weight`, tensor(8, 4321)],
      [`${name}.lora_up.weight`, tensor(1234, 8)],
    ]);
    const { facts, confidence } = classifyTensors(odd);
    if (facts.family !== null) expect(confidence).toBeLessThan(0.75);
  });

  it('has families in lower case, and kin that are in the table', () => {
    const families = new Set(architectures.map(({ family }) => family));
    for (const { family, kin } of architectures) {
      expect(family).toBe(family.toLowerCase());
      if (kin !== undefined) expect(families).toContain(kin);
      const chain = [family];
      for (let next = kin; next !== undefined; next = architectures.find((each) => each.family === next)?.kin) {
        expect(chain, 'kin of its own kin').not.toContain(next);
        chain.push(next);
      }
    }
  });
});
