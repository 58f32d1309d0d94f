import { onnxDtype, onnxLimits, type OnnxInitialiser, type OnnxValue } from './onnx-model.ts';
import { WireProblem, type WireField, type WireReader } from './wire.ts';

/** @internal One TensorProto: name, shape, type and where its bytes are. The bytes are passed. */
export async function readInitialiser(
  reader: WireReader,
  message: WireField,
): Promise<readonly [name: string, initialiser: OnnxInitialiser]> {
  const end = reader.position + message.value;
  let name = '';
  let dtype = onnxDtype(0);
  let externalFile: string | null = null;
  const shape: number[] = [];
  for (let field = await reader.next(end); field !== null; field = await reader.next(end)) {
    if (field.number === 1) await readDimensions(reader, field, shape);
    else if (field.number === 2 && field.wire === 0) dtype = onnxDtype(field.value);
    else if (field.number === 8) name = await reader.text(field, onnxLimits.maxTextBytes);
    else if (field.number === 13 && field.wire === 2) {
      const [key, value] = await readPair(reader, field);
      if (key === 'location') externalFile = value;
    } else reader.skip(field);
  }
  const elements = shape.reduce((product, dimension) => product * dimension, 1);
  if (!Number.isSafeInteger(elements))
    throw new WireProblem(`the shape of ${JSON.stringify(name.slice(0, 120))} is too large`);
  return [name, { dtype, shape, externalFile }];
}

/** Repeated numbers stand one by one, or packed into bytes. */
async function readDimensions(reader: WireReader, field: WireField, shape: number[]): Promise<void> {
  const add = (value: number): void => {
    if (!Number.isSafeInteger(value)) throw new WireProblem('a dimension that is too large');
    if (shape.length >= onnxLimits.maxDimensions)
      throw new WireProblem(`more than ${onnxLimits.maxDimensions} dimensions`);
    shape.push(value);
  };
  if (field.wire === 0) return add(field.value);
  let value = 0;
  let factor = 1;
  for (const byte of await reader.bytes(field, 1_024)) {
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte >= 0x80) continue;
    add(value);
    value = 0;
    factor = 1;
  }
  return undefined;
}

/** @internal One StringStringEntryProto. */
export async function readPair(reader: WireReader, message: WireField): Promise<readonly [key: string, value: string]> {
  const end = reader.position + message.value;
  let key = '';
  let value = '';
  for (let field = await reader.next(end); field !== null; field = await reader.next(end)) {
    if (field.number === 1) key = await reader.text(field, onnxLimits.maxTextBytes);
    else if (field.number === 2 && field.wire === 2 && field.value <= onnxLimits.maxTextBytes) {
      value = await reader.text(field, onnxLimits.maxTextBytes);
    } else reader.skip(field);
  }
  return [key, value];
}

/** @internal One ValueInfoProto: name and, of a tensor, type and shape. */
export async function readValue(reader: WireReader, message: WireField): Promise<OnnxValue> {
  const end = reader.position + message.value;
  let name = '';
  let found: Omit<OnnxValue, 'name'> = { dtype: null, shape: null };
  for (let field = await reader.next(end); field !== null; field = await reader.next(end)) {
    if (field.number === 1) name = await reader.text(field, onnxLimits.maxTextBytes);
    else if (field.number === 2 && field.wire === 2) {
      const typeEnd = reader.position + field.value;
      for (let kind = await reader.next(typeEnd); kind !== null; kind = await reader.next(typeEnd)) {
        if (kind.number === 1 && kind.wire === 2) found = await readTensorType(reader, kind);
        else reader.skip(kind);
      }
    } else reader.skip(field);
  }
  return { name, ...found };
}

async function readTensorType(reader: WireReader, message: WireField): Promise<Omit<OnnxValue, 'name'>> {
  const end = reader.position + message.value;
  let dtype: string | null = null;
  let shape: (number | string)[] | null = null;
  for (let field = await reader.next(end); field !== null; field = await reader.next(end)) {
    if (field.number === 1 && field.wire === 0) dtype = onnxDtype(field.value);
    else if (field.number === 2 && field.wire === 2) {
      shape = [];
      const shapeEnd = reader.position + field.value;
      for (let axis = await reader.next(shapeEnd); axis !== null; axis = await reader.next(shapeEnd)) {
        if (axis.number !== 1 || axis.wire !== 2) reader.skip(axis);
        else if (shape.length >= onnxLimits.maxDimensions)
          throw new WireProblem(`more than ${onnxLimits.maxDimensions} dimensions`);
        else shape.push(await readDimension(reader, axis));
      }
    } else reader.skip(field);
  }
  return { dtype, shape };
}

async function readDimension(reader: WireReader, message: WireField): Promise<number | string> {
  const end = reader.position + message.value;
  let found: number | string = '?';
  for (let field = await reader.next(end); field !== null; field = await reader.next(end)) {
    if (field.number === 1 && field.wire === 0) found = field.value;
    else if (field.number === 2 && field.wire === 2) found = await reader.text(field, 1_024);
    else reader.skip(field);
  }
  return found;
}
