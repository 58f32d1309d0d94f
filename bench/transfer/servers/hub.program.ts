/** A local hub. Input: the files of its repos. Says where it is and where a file's redirect leads. */
import { startHub } from '@modelkeep/testing';
import { firstMessage } from './first-message.ts';

interface Input {
  readonly repos: readonly {
    readonly id: string;
    readonly files: readonly { readonly path: string; readonly fromFile?: string; readonly text?: string }[];
  }[];
}

const { repos } = (await firstMessage()) as Input;
const hub = await startHub({
  repos: repos.map(({ id, files }) => ({
    id,
    files: files.map(({ path, fromFile, text = '' }) => ({
      path,
      content: fromFile === undefined ? new TextEncoder().encode(text) : { fromFile },
    })),
  })),
  rateLimit: 'off',
  signedUrlSeconds: 86_400,
});
process.send?.({ hubUrl: hub.hubUrl, cdnUrl: hub.cdnUrl });
process.on('disconnect', () => void hub.close());
