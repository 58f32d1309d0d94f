import type { ByteSource } from '@modelkeep/core';
import { invalidFile } from '../errors.ts';
import { createBlockReader } from '../source/block-reader.ts';
import { onnxLimits, type OnnxInitialiser, type OnnxModel, type OnnxValue } from './onnx-model.ts';
import { readInitialiser, readPair, readValue } from './read-tensors.ts';
import { createWireReader, WireProblem, type WireField, type WireReader } from './wire.ts';

/** How an ONNX file is read. */
export interface OnnxReadOptions {
  /** For messages. */
  readonly path?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Graph {
  name: string;
  nodeCount: number;
  readonly inputs: OnnxValue[];
  readonly outputs: OnnxValue[];
  readonly initialisers: Map<string, OnnxInitialiser>;
  readonly operators: Map<string, number>;
}

/**
 * Reads what an ONNX file says of itself and of its outer graph; weights are passed, and graphs within nodes too. Weights that
 * a node lists as inputs are left out of `inputs`.
 *
 * @throws `formats.invalid`
 */
export async function readOnnxModel(source: ByteSource, { path, signal }: OnnxReadOptions = {}): Promise<OnnxModel> {
  const reader = createWireReader(createBlockReader(source, signal));
  try {
    return await readModel(reader, source.sizeBytes);
  } catch (error) {
    if (error instanceof WireProblem) throw invalidFile({ format: 'onnx', path, reason: error.message });
    throw error;
  }
}

async function readModel(reader: WireReader, end: number): Promise<OnnxModel> {
  const said = { irVersion: 0, producer: '', producerVersion: '' };
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  const graph: Graph = {
    name: '',
    nodeCount: 0,
    inputs: [],
    outputs: [],
    initialisers: new Map(),
    operators: new Map(),
  };
  let graphs = 0;
  for (let field = await reader.next(end); field !== null; field = await reader.next(end)) {
    const { number, wire } = field;
    if (number === 1 && wire === 0) said.irVersion = field.value;
    else if (number === 2) said.producer = await reader.text(field, onnxLimits.maxTextBytes);
    else if (number === 3) said.producerVersion = await reader.text(field, onnxLimits.maxTextBytes);
    else if (number === 7 && wire === 2) {
      graphs += 1;
      await readGraph(reader, field, graph);
    } else if (number === 8 && wire === 2) await readOpset(reader, field, opsets);
    else if (number === 14 && wire === 2 && metadata.size < onnxLimits.maxMetadata) {
      const [key, value] = await readPair(reader, field);
      metadata.set(key, value);
    } else reader.skip(field);
  }
  if (graphs !== 1) throw new WireProblem(graphs === 0 ? 'it has no graph' : 'it has several graphs');
  const { name: graphName, inputs, ...rest } = graph;
  return {
    ...said,
    opsets,
    metadata,
    graphName,
    inputs: inputs.filter(({ name }) => !graph.initialisers.has(name)),
    ...rest,
  };
}

async function readOpset(reader: WireReader, message: WireField, opsets: Map<string, number>): Promise<void> {
  const end = reader.position + message.value;
  let domain = '';
  let version = 0;
  for (let field = await reader.next(end); field !== null; field = await reader.next(end)) {
    if (field.number === 1) domain = await reader.text(field, 1_024);
    else if (field.number === 2 && field.wire === 0) version = field.value;
    else reader.skip(field);
  }
  if (opsets.size < 256) opsets.set(domain, version);
}

async function readGraph(reader: WireReader, message: WireField, graph: Graph): Promise<void> {
  const end = reader.position + message.value;
  for (let field = await reader.next(end); field !== null; field = await reader.next(end)) {
    const { number, wire } = field;
    if (wire !== 2) reader.skip(field);
    else if (number === 1) await readNode(reader, field, graph);
    else if (number === 2) graph.name = await reader.text(field, onnxLimits.maxTextBytes);
    else if (number === 5) {
      const [name, initialiser] = await readInitialiser(reader, field);
      if (graph.initialisers.has(name))
        throw new WireProblem(`the weights ${JSON.stringify(name.slice(0, 120))} occur twice`);
      if (graph.initialisers.size >= onnxLimits.maxInitialisers) throw new WireProblem('too many weights');
      graph.initialisers.set(name, initialiser);
    } else if (number === 11 || number === 12) {
      const values = number === 11 ? graph.inputs : graph.outputs;
      if (values.length >= onnxLimits.maxInitialisers) throw new WireProblem('too many inputs or outputs');
      values.push(await readValue(reader, field));
    } else reader.skip(field);
  }
}

async function readNode(reader: WireReader, message: WireField, graph: Graph): Promise<void> {
  graph.nodeCount += 1;
  if (graph.nodeCount > onnxLimits.maxNodes) throw new WireProblem('too many nodes');
  const end = reader.position + message.value;
  let operator = '';
  let domain = '';
  for (let field = await reader.next(end); field !== null; field = await reader.next(end)) {
    if (field.number === 4) operator = await reader.text(field, 1_024);
    else if (field.number === 7) domain = await reader.text(field, 1_024);
    else reader.skip(field);
  }
  const name = domain === '' || domain === 'ai.onnx' ? operator : `${domain}.${operator}`;
  if (graph.operators.has(name) || graph.operators.size < onnxLimits.maxOperators) {
    graph.operators.set(name, (graph.operators.get(name) ?? 0) + 1);
  }
}
