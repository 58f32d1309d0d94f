/** `general.file_type` by number; source: enum llama_ftype of llama.h. Unquantised ones give null. */
const names: ReadonlyMap<number, string | null> = new Map([
  [0, null],
  [1, null],
  [2, 'Q4_0'],
  [3, 'Q4_1'],
  [7, 'Q8_0'],
  [8, 'Q5_0'],
  [9, 'Q5_1'],
  [10, 'Q2_K'],
  [11, 'Q3_K_S'],
  [12, 'Q3_K_M'],
  [13, 'Q3_K_L'],
  [14, 'Q4_K_S'],
  [15, 'Q4_K_M'],
  [16, 'Q5_K_S'],
  [17, 'Q5_K_M'],
  [18, 'Q6_K'],
  [19, 'IQ2_XXS'],
  [20, 'IQ2_XS'],
  [21, 'Q2_K_S'],
  [22, 'IQ3_XS'],
  [23, 'IQ3_XXS'],
  [24, 'IQ1_S'],
  [25, 'IQ4_NL'],
  [26, 'IQ3_S'],
  [27, 'IQ3_M'],
  [28, 'IQ2_S'],
  [29, 'IQ2_M'],
  [30, 'IQ4_XS'],
  [31, 'IQ1_M'],
  [32, null],
  [36, 'TQ1_0'],
  [37, 'TQ2_0'],
  [38, 'MXFP4_MOE'],
]);

/** Set by llama.cpp where it guessed the type from the tensors. */
const GUESSED = 1024;

/**
 * The quantisation that a `general.file_type` names: a name, null for unquantised weights, undefined for a number that is
 * newer than this table.
 */
export function fileTypeQuantisation(fileType: number): string | null | undefined {
  return names.get(fileType & ~GUESSED);
}

/** Tensor types that a mixture is named after without their name being part of its own. */
const mixtureBases: Readonly<Record<string, readonly string[]>> = {
  IQ2_M: ['IQ2_S', 'IQ3_S'],
  IQ2_S: ['IQ2_XS', 'IQ2_S'],
  IQ3_XS: ['IQ3_XXS', 'IQ3_S'],
  IQ3_M: ['IQ3_S'],
  MXFP4_MOE: ['MXFP4'],
};

/** Whether tensors of these types can be a file of this quantisation. */
export function mixtureFits(quantisation: string, tensorTypes: ReadonlySet<string>): boolean {
  const bases = mixtureBases[quantisation] ?? [quantisation.replace(/_[SML]$/, '')];
  return bases.some((base) => tensorTypes.has(base));
}
