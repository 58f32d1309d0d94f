import { baseOf, folderOf, lastMatch } from './name-parts.ts';

/**
 * The names of llama.cpp's file types, of ik_llama.cpp's, and the sizes that makers add (`_L`, `_XL`); `UD-` marks
 * unsloth's dynamic quantisations.
 */
const QUANTISATION =
  /(?<![a-z0-9])(?:ud[-_])?(?:iq[1-6][-_](?:xxs|xs|nl|kss|ks|kt|kl|k|s|m|l)(?:_r[48])?|q[1-8][-_][01](?:[-_][48][-_][48])?|q[2-8][-_]k(?:[-_](?:xxl|xl|xs|s|m|l|p))?|tq[12][-_]0|mxfp4(?:[-_]moe)?|nvfp4|bf16|f(?:p|loat)?16|f(?:p|loat)?32)(?![a-z0-9])/giu;
/** `model-q4.gguf` */
const BARE = /(?<![a-z0-9])(?:int|q)[2-8](?![a-z0-9_])/giu;

/**
 * The quantisation that the name of a GGUF file tells, the last one where there are several (a model may be named for
 * another); else that of the innermost folder that tells one (`Q4_K_M/model.gguf`).
 */
export function quantisationOf(path: string): string | null {
  const segments = [baseOf(path), ...folderOf(path).split('/').toReversed()];
  for (const segment of segments) {
    const found = lastMatch(segment, QUANTISATION) ?? lastMatch(segment, BARE);
    if (found !== null) return canonicalQuantisation(found[0]);
  }
  return null;
}

/** One spelling for what people write in several: upper case, `_` between the parts, `F16` for `fp16`. */
export function canonicalQuantisation(text: string): string {
  const upper = text.trim().toUpperCase().replaceAll('-', '_').replace(/^UD_/u, 'UD-');
  return upper.replace(/^F(?:P|LOAT)(?=16$|32$)/u, 'F').replace(/^INT(?=\d$)/u, 'Q');
}

/** A name without what tells its quantisation, and without the marks that go with it. */
export function withoutQuantisation(text: string): string {
  return text
    .replaceAll(QUANTISATION, '')
    .replaceAll(BARE, '')
    .replaceAll(/(?<![a-z0-9])i1(?![a-z0-9])/giu, '');
}
