import type { ModuleGroup } from './adapters/adapter-modules.ts';
import { matchArchitectures } from './architectures/match-architectures.ts';
import type { Finding } from './evaluate.ts';
import type { TensorView } from './view/tensor-view.ts';

const WEIGHT = /\.(?:weight|qweight)$/;
/** Fewer kinds of layers than this may be of anything. */
const FEWEST_LAYERS = 6;

/** @internal What a part of a diffusion model is, by its layers: those of one family only. */
export function partFinding(view: TensorView): Finding | null {
  const groups = new Map<string, ModuleGroup>();
  for (const [pattern, { maxIndices, shapes }] of view.patterns) {
    if (!WEIGHT.test(pattern)) continue;
    const sizes = shapes.filter((shape) => shape.length > 1);
    if (sizes.length === 0) continue;
    groups.set(pattern.replace(WEIGHT, '').replaceAll('.', '_'), {
      maxIndices,
      outputs: new Set(sizes.map(([outputs = 0]) => outputs)),
      inputs: new Set(sizes.map(([, inputs = 0]) => inputs)),
      rank: 2,
    });
  }
  if (groups.size < FEWEST_LAYERS) return null;
  const found = matchArchitectures(groups, { kinDecides: false });
  if (found === null || !found.isWhole) return null;
  return {
    rule: 'part-of-a-model',
    facts: { type: 'diffusion-model', family: found.family, baseModel: found.baseModel, variant: found.variant },
    confidence: 0.7,
    evidence: ['a part of a model, or of a ControlNet for it', ...found.evidence],
  };
}
