/** Tensor types that the GGUF builder knows. */
export type GgufTensorType =
  | 'F32'
  | 'F16'
  | 'Q4_0'
  | 'Q5_0'
  | 'Q8_0'
  | 'Q2_K'
  | 'Q3_K'
  | 'Q4_K'
  | 'Q5_K'
  | 'Q6_K'
  | 'BF16';

/** Number in the file, elements of a block and bytes of a block of each tensor type. */
export const ggufTensorTypes: Readonly<
  Record<GgufTensorType, readonly [code: number, elements: number, bytes: number]>
> = {
  F32: [0, 1, 4],
  F16: [1, 1, 2],
  Q4_0: [2, 32, 18],
  Q5_0: [6, 32, 22],
  Q8_0: [8, 32, 34],
  Q2_K: [10, 256, 84],
  Q3_K: [11, 256, 110],
  Q4_K: [12, 256, 144],
  Q5_K: [13, 256, 176],
  Q6_K: [14, 256, 210],
  BF16: [30, 1, 2],
};
