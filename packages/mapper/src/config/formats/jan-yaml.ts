import { stringify } from 'yaml';
import { edited, type ConfigEditor } from '../config-section.ts';

const MARK = '# written by modelkeep: it is replaced and removed with the model\n';

/* Jan writes the path on into a presets file of llama.cpp, as it is (preset.ts): there these begin a comment, and a line. */
const UNWRITABLE = /[\r\n;#]/;

/** @internal `model.yml` of Jan: a file for each model, which is ours as a whole. Its `model_path` may be absolute. */
export const janYaml: ConfigEditor = {
  put(text, { models: [model] }) {
    if (text !== null && !text.startsWith(MARK))
      return { problem: 'a model of this name is there that was not written here' };
    if (model === undefined) return edited('');
    const { name, path, mmproj, sizeBytes, sha256 } = model;
    const broken = [path, mmproj ?? ''].find((one) => UNWRITABLE.test(one));
    if (broken !== undefined) return { problem: `Jan cannot open a model at ${JSON.stringify(broken)}` };
    const facts = {
      model_path: path,
      ...(mmproj === null ? {} : { mmproj_path: mmproj }),
      name,
      size_bytes: sizeBytes,
      ...(sha256 === null ? {} : { model_sha256: sha256 }),
      embedding: false,
      ...embeddingOf(text),
    };
    return edited(`${MARK}${stringify(facts, { lineWidth: 0 })}`);
  },
  take: (text) => (text.startsWith(MARK) ? edited('') : { problem: 'it was not written here' }),
};

/** Jan finds out by itself whether a model embeds, and writes that down. */
function embeddingOf(text: string | null): { readonly embedding?: boolean } {
  return text !== null && /^embedding: true[ \t]*\r?$/m.test(text) ? { embedding: true } : {};
}
