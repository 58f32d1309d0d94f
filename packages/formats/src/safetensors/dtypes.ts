/** Bits of one element by dtype, as the safetensors format names them. */
const bitsOfDtype: ReadonlyMap<string, number> = new Map([
  ['F4', 4],
  ['F6_E2M3', 6],
  ['F6_E3M2', 6],
  ['BOOL', 8],
  ['U8', 8],
  ['I8', 8],
  ['F8_E5M2', 8],
  ['F8_E4M3', 8],
  ['F8_E8M0', 8],
  ['F8_E4M3FNUZ', 8],
  ['F8_E5M2FNUZ', 8],
  ['I16', 16],
  ['U16', 16],
  ['F16', 16],
  ['BF16', 16],
  ['I32', 32],
  ['U32', 32],
  ['F32', 32],
  ['I64', 64],
  ['U64', 64],
  ['F64', 64],
  ['C64', 64],
]);

/** Bits of one element, or undefined for a dtype that the format does not know. */
export function dtypeBits(dtype: string): number | undefined {
  return bitsOfDtype.get(dtype);
}

/**
 * Product of a shape and the bits of its elements, or null where it is beyond 2^53 at any step: a later 0 does not heal
 * an overflow.
 */
export function tensorBits(shape: readonly number[], elementBits: number): number | null {
  let product = 1;
  for (const dimension of shape) {
    product *= dimension;
    if (!Number.isSafeInteger(product)) return null;
  }
  const bits = product * elementBits;
  return Number.isSafeInteger(bits) ? bits : null;
}
