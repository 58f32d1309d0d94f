/** Tells which packages were imported when a client was made, and when it was told to prepare. */
import { registerHooks } from 'node:module';

const imported = new Set<string>();
registerHooks({
  resolve(specifier, context, next) {
    const name = /^(undici|opossum|lru-cache)\b/.exec(specifier)?.[1];
    if (name !== undefined) imported.add(name);
    return next(specifier, context);
  },
});

const { createHttpClient } = await import('../index.ts');
const withOther = process.argv[2] === 'other-transport';
const transport = { send: () => Promise.reject(new Error('is never asked')) };
const http = createHttpClient(withOther ? { transport } : {});
const before = [...imported].toSorted();
http.prepare();
// The import is under way: it is resolved before anything else can be.
await import('lru-cache');
await http.close();
process.stdout.write(JSON.stringify({ before, after: [...imported].toSorted() }));
