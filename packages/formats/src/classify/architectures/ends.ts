import type { ModuleSizes } from './architecture.ts';

/** Two layers after each other: what comes in, then the model's own width. */
export function twoLayers(names: string, width: number, inputs: number): ModuleSizes {
  return {
    [names]: [
      [width, inputs],
      [width, width],
    ],
  };
}

/** Where a time of 256 waves comes in. */
export function timeLayers(names: string, width: number): ModuleSizes {
  return twoLayers(names, width, 256);
}
