import { cleanText } from '../embedded/clean-text.ts';
import type { OnnxModel, OnnxValue } from '../onnx/onnx-model.ts';
import type { OnnxDetails, OnnxPort } from './format-details.ts';

const MAX_PORTS = 256;
const MAX_OPERATORS = 64;
const MAX_FILES = 64;

/** @internal What an ONNX file says of its use, bounded. */
export function onnxDetails(model: OnnxModel, externalFiles: readonly string[]): OnnxDetails {
  const said = (text: string): string => cleanText(text, 256) ?? '';
  const counts = (pairs: Iterable<readonly [string, number]>): Record<string, number> =>
    Object.fromEntries([...pairs].slice(0, MAX_OPERATORS).map(([name, count]) => [said(name), count]));
  const ports = (values: readonly OnnxValue[]): readonly OnnxPort[] =>
    values.slice(0, MAX_PORTS).map(({ name, dtype, shape }) => ({
      name: said(name),
      dtype,
      shape: shape?.map((axis) => (typeof axis === 'string' ? said(axis) : axis)) ?? null,
    }));
  return {
    format: 'onnx',
    irVersion: model.irVersion,
    producer: said(`${model.producer} ${model.producerVersion}`),
    opsets: counts(model.opsets),
    inputs: ports(model.inputs),
    outputs: ports(model.outputs),
    operators: counts([...model.operators].toSorted((a, b) => b[1] - a[1])),
    externalFiles: externalFiles.slice(0, MAX_FILES).map(said),
  };
}
